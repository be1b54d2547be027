"""One process at a time trains into a folder, and a killed one leaves no lock behind."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from oracles.small_runs import Call, check_error, small, train

from gluon_softmax.runs.commands import evaluate_run
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.lock import training_lock
from gluon_softmax.utils.errors import CheckpointError

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from gluon_softmax.runs.lock import training_lock
with training_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the folder, from when this returns."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True, env=env
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("mode", [[], ["--resume"], ["--overwrite"]], ids=["new", "resume", "overwrite"])
def test_a_second_train_in_the_same_folder_is_refused_and_a_killed_one_leaves_nothing(
    mode: list[str], corpus: Path, tmp_path: Path, call: Call
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    if mode:
        train(run, small(corpus, num_epochs=1))
    argv = ["train", "--out", run, "--quiet", *mode]
    if "--resume" not in mode:
        argv += [
            "--corpus",
            corpus,
            "--embed-size",
            4,
            "--min-freq",
            3,
            "--subsampling",
            "none",
            "--num-epochs",
            1,
        ]
    before = sorted(run.rglob("*"))
    with hold(run) as process:
        check_error(call(*argv), f"{run} is being trained by another process")
        assert sorted(run.rglob("*")) == before
        if mode:
            assert evaluate_run(run) and Run(run).vectors()  # questions need no lock
        process.send_signal(signal.SIGKILL)
    assert sorted(run.rglob("*")) == before
    assert call(*argv) == (0, "", "")


def test_the_lock_is_held_until_training_ends_and_not_longer(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, refused = Run.keep, []

    def try_another(run: Run, *args: object) -> None:
        keep(run, *args)  # type: ignore[arg-type]  # whatever `keep` takes
        with pytest.raises(CheckpointError, match="is being trained by another process"):
            train(tmp_path / "run", small(corpus), overwrite=True)
        refused.append(True)

    monkeypatch.setattr(Run, "keep", try_another)
    train(tmp_path / "run", small(corpus, num_epochs=2))
    assert len(refused) == 3  # each epoch, and the end
    with training_lock(tmp_path / "run"):
        pass


def test_of_two_that_begin_in_a_new_folder_the_second_is_refused(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gluon_softmax.runs import commands

    prepare = commands.prepare

    def begin_another_meanwhile(*args: object) -> object:
        monkeypatch.setattr(commands, "prepare", prepare)
        parts = prepare(*args)  # type: ignore[arg-type]  # whatever `prepare` takes
        train(tmp_path / "run", small(corpus, num_epochs=1))
        return parts

    monkeypatch.setattr(commands, "prepare", begin_another_meanwhile)
    with pytest.raises(CheckpointError, match=r"holds config\.json already"):
        train(tmp_path / "run", small(corpus))
    assert len(Run(tmp_path / "run").metrics()) == 1


def test_a_file_system_without_locks_is_trained_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EIO]

    def refuse(*_: object) -> None:
        raise OSError(codes.pop(0), "no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    for _ in range(3):
        with training_lock(tmp_path):
            pass
    with pytest.raises(OSError, match="no locks here"), training_lock(tmp_path):
        pass


def test_what_is_no_folder_has_no_lock(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Not a directory"), training_lock(tmp_path / "file"):
        pass
