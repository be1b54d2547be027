"""What is wrong is refused by one error that says what it got and what is taken, and nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from oracles.bad_calls import BAD_CALLS, BadCall
from oracles.bad_commands import BAD_COMMANDS, BadCommand
from oracles.bad_data_calls import BAD_DATA_CALLS
from oracles.bad_files import BAD_FILES
from oracles.bad_objects import BAD_OBJECTS
from oracles.small_runs import Call, small_argv, write_sentences

from gluon_softmax import cli

CALLS = [*BAD_CALLS, *BAD_DATA_CALLS, *BAD_OBJECTS]
COMMANDS = [*BAD_COMMANDS, *BAD_FILES]


def test_the_tables_are_long() -> None:
    assert len(CALLS) > 1600 and len(COMMANDS) > 180


@pytest.mark.parametrize("bad", CALLS, ids=[bad.name for bad in CALLS])
def test_a_wrong_argument_is_named_with_what_it_got_and_what_it_takes(
    bad: BadCall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, TypeError, KeyError)) as caught:
        bad.call()
    message = str(caught.value.args[0]) if type(caught.value) is KeyError else str(caught.value)
    assert message.startswith(bad.argument) and "\n" not in message and len(message) < 400
    if bad.said:
        assert bad.said in message
    else:
        assert " takes " in message and " got " in message
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus and two finished runs of it, which every command gets a copy of."""
    here = tmp_path_factory.mktemp("finished")
    (here / "corpus").mkdir()
    corpus = write_sentences(here / "corpus")
    assert cli.main(small_argv(corpus, here / "run", "--quiet", "--num-epochs", "2")) == 0
    lm = f"train --corpus {corpus} --model lm --embed-size 6 --num-hiddens 6 --batch-size 8 --num-sampled 5"
    assert (
        cli.main([*lm.split(), "--device", "cpu", "--num-epochs", "1", "--quiet", "--out", str(here / "lm")])
        == 0
    )
    return here


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, and every folder."""
    paths = sorted(path for path in folder.rglob("*") if not path.is_symlink())
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in paths}


@pytest.mark.parametrize("bad", COMMANDS, ids=[f"{i} {bad.command[-60:]}" for i, bad in enumerate(COMMANDS)])
def test_a_wrong_command_is_answered_with_one_line_and_no_file_is_touched(
    bad: BadCommand, finished: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Path(shutil.copytree(finished, tmp_path / "here"))
    monkeypatch.chdir(here)
    bad.prepare(here)
    before = contents(here)
    places = {place: str(here / place) for place in ("run", "lm", "corpus")}
    command = bad.command.format(here=here, **places)
    status, out, err = call(*command.split(), *bad.arguments)
    assert (status, out) == (2, "")
    assert err.startswith("gluon-softmax: error: ") and err.count("\n") == 1 and len(err) < 1200
    assert bad.said.format(here=here, **places) in err
    assert contents(here) == before
