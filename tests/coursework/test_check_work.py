"""Several files at a time are told in their order, and an exception ends all of them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from oracles.answers import RIGHT, WRONG
from oracles.work import begin

from gluon_softmax.coursework import check_work
from gluon_softmax.coursework.check_work import check_files
from gluon_softmax.coursework.exercise import Loaded, load
from gluon_softmax.coursework.ladder import NOT_YET, PASSED, TO_DO
from gluon_softmax.coursework.process import Checked

NAMES = ("keep_probability", "masked_bce", "path_loss")
LOADED = [load(name) for name in NAMES]


def test_verdicts_come_in_their_order(tmp_path: Path) -> None:
    work = begin(tmp_path, *NAMES)
    (work / "keep_probability.py").write_text("import time\ntime.sleep(0.5)\n")
    (work / "masked_bce.py").write_text(RIGHT)
    told: list[tuple[str, str]] = []

    def tell(exercise: Loaded, checked: Checked) -> None:
        told.append((exercise.name, checked.verdict.state))

    check_files(LOADED, lambda name: work / f"{name}.py", 0, tell)
    assert told == list(zip(NAMES, (NOT_YET, PASSED, TO_DO)))


def test_a_starter_as_it_was_needs_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = begin(tmp_path, *NAMES)
    monkeypatch.setattr(check_work, "check_file", None)
    told: list[Checked] = []
    check_files(LOADED, lambda name: work / f"{name}.py", 0, lambda _, checked: told.append(checked))
    assert [checked.verdict.state for checked in told] == [TO_DO] * 3


def test_an_exception_ends_the_others(tmp_path: Path) -> None:
    work = begin(tmp_path, *NAMES)
    (work / "keep_probability.py").write_text(WRONG)
    for name in NAMES[1:]:
        (work / f"{name}.py").write_text("while True: pass\n")

    def tell(_: Loaded, __: Checked) -> None:
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        check_files(LOADED, lambda name: work / f"{name}.py", 0, tell)
    assert time.monotonic() - begun < 8.0
    assert [thread for thread in threading.enumerate() if "ThreadPool" in thread.name] == []
