"""How a command ends: its exit code, and one line for whatever went wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest
from oracles.small_runs import Call, small_argv, write_sentences

from gluon_softmax import cli
from gluon_softmax.data.skip_gram_batches import SkipGramPairs
from gluon_softmax.runs.folder import Run
from gluon_softmax.utils.errors import TrainingInterrupted

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentences(tmp_path_factory.mktemp("text"))


def program(argv: list[str], cwd: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "gluon_softmax", *argv]
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=cwd, env=env)


def test_training_goes_on_silently_when_nobody_reads_its_lines_any_more(corpus: Path, tmp_path: Path) -> None:
    """``train ... | head -1``."""
    with program(small_argv(corpus, tmp_path / "run", "--num-epochs", "4"), tmp_path) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith("Corpus(")
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0
    assert [m["epoch"] for m in Run(tmp_path / "run").metrics()] == [1, 2, 3, 4]
    assert Run(tmp_path / "run").plot_path.exists() and Run(tmp_path / "run").vectors()


def test_a_question_whose_answer_nobody_reads_ends_as_before(corpus: Path, tmp_path: Path) -> None:
    assert cli.main(small_argv(corpus, tmp_path / "run", "--quiet", "--num-epochs", "1")) == 0
    with program(["similar", str(tmp_path / "run"), "chip"], tmp_path) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == ("", 0)


@pytest.mark.parametrize(
    ("stop", "status"),
    [
        (KeyboardInterrupt(), 130),
        (TrainingInterrupted(signal.SIGINT), 130),
        (TrainingInterrupted(signal.SIGTERM), 143),
    ],
)
def test_the_exit_code_says_which_signal_ended_the_command(
    stop: KeyboardInterrupt,
    status: int,
    corpus: Path,
    tmp_path: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    epoch = SkipGramPairs.epoch

    def stop_in_second(batches: SkipGramPairs, number: int) -> Iterator[object]:
        if number == 1:
            raise stop
        return epoch(batches, number)

    monkeypatch.setattr(SkipGramPairs, "epoch", stop_in_second)
    argv = small_argv(corpus, Path("RUN"), "--quiet")
    ended, _, err = call(*(tmp_path / "a run" if argument == "RUN" else argument for argument in argv))
    assert ended == status and err.strip().count("\n") == 0
    assert f"`gluon-softmax train --out '{tmp_path}/a run' --resume` goes on" in err
    monkeypatch.undo()
    assert call("train", "--out", tmp_path / "a run", "--resume", "--quiet") == (0, "", "")


def test_an_interrupt_before_the_start_does_not_promise_what_is_not_there(
    corpus: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gluon_softmax.runs.commands.prepare", stop)
    status, _, err = call(*small_argv(corpus, tmp_path / "run", "--quiet"))
    assert (status, err) == (130, "\ngluon-softmax: interrupted; nothing was written\n")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            MemoryError("Unable to allocate 7 TiB"),
            2,
            "memory does not suffice; smaller sizes take less: Unable to",
        ),
        (OverflowError("too large"), 2, "a number or a file is beyond what can be computed: too large"),
        (RecursionError("depth exceeded"), 2, "is beyond what can be computed: depth exceeded"),
        (ValueError(""), 2, "error: ValueError"),
        (
            RuntimeError("odd\nthing"),
            1,
            "RuntimeError: odd thing; this is a fault of the program: --debug shows where",
        ),
        (AttributeError("no x"), 1, "AttributeError: no x; this is a fault of the program"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_whatever_is_raised_is_one_line(
    command: str,
    error: Exception,
    status: int,
    said: str,
    tmp_path: Path,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, f"{command}_run", fail)
    argv = [command, "--out" if command == "train" else str(tmp_path), str(tmp_path)][
        : 3 if command == "train" else 2
    ]
    ended, out, err = call(*argv)
    assert (ended, out) == (status, "") and err.count("\n") == 1 and said in err
    with pytest.raises(type(error)):
        call(*argv, "--debug")


LM = ("--model", "lm", "--embed-size", "6", "--num-hiddens", "6", "--batch-size", "8", "--num-sampled", "5")


@pytest.mark.parametrize(
    ("number", "options", "status", "figures"),
    [
        (signal.SIGTERM, ("--subsampling", "none", "--embed-size", "5"), 143, False),
        (signal.SIGINT, ("--subsampling", "none", "--embed-size", "5"), 130, False),
        (signal.SIGTERM, LM, 143, False),
        (signal.SIGINT, LM, 130, True),
    ],
    ids=["SIGTERM", "SIGINT", "SIGTERM lm", "SIGINT lm"],
)
def test_a_signal_ends_training_with_its_exit_code_and_the_command_that_goes_on(
    number: int,
    options: tuple[str, ...],
    status: int,
    figures: bool,
    corpus: Path,
    tmp_path: Path,
    call: Call,
) -> None:
    run = tmp_path / "run"
    argv = ["train", "--corpus", str(corpus), "--out", str(run), "--device", "cpu", *options]
    with program([*argv, "--num-epochs", "100000", "--schedule", "constant"], tmp_path) as process:
        assert process.stdout is not None and process.stderr is not None
        while not process.stdout.readline().startswith("epoch 3: "):
            pass
        process.send_signal(number)
        out, err = process.stdout.read(), process.stderr.read()
        assert process.wait() == status
    assert ("valid: loss " in out) == figures
    assert err == (
        "\ngluon-softmax: interrupted; what was checkpointed stays, and "
        f"`gluon-softmax train --out {run} --resume` goes on\n"
    )
    done = len(Run(run).metrics())
    config = Run(run).config_path
    config.write_text(config.read_text().replace('"num_epochs": 100000', f'"num_epochs": {done + 1}'))
    assert call("train", "--out", run, "--resume", "--quiet") == (0, "", "")
    assert [metrics["epoch"] for metrics in Run(run).metrics()] == list(range(1, done + 2))


@pytest.mark.filterwarnings("default")
def test_a_damaged_checkpoint_is_named_in_one_line_and_the_one_before_it_taken(
    corpus: Path, tmp_path: Path, call: Call
) -> None:
    run = tmp_path / "run"
    assert call(*small_argv(corpus, run, "--quiet", "--num-epochs", "3"))[0] == 0
    index = json.loads((run / "checkpoint" / "checkpoint.json").read_text())
    newest = run / "checkpoint" / index["files"]["parameters"]["name"]
    newest.write_bytes(newest.read_bytes()[:-1])
    status, out, err = call("train", "--out", run, "--resume", "--quiet")
    assert (status, out) == (0, "") and err.count("\n") == 1
    assert err.startswith("gluon-softmax: warning: ") and newest.name in err
    assert [metrics["epoch"] for metrics in Run(run).metrics()] == [1, 2, 3]
    assert call("evaluate", run)[0] == 0
