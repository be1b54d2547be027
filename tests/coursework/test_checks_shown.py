"""A check as it goes on: chapters, bars, the next exercise, and what is noted."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.work import begin

from gluon_softmax.coursework.checks_shown import ChecksShown, next_lines, next_name
from gluon_softmax.coursework.exercise import load, names
from gluon_softmax.coursework.ladder import NOT_YET, PASSED, Verdict
from gluon_softmax.coursework.process import Checked
from gluon_softmax.coursework.work_folder import WorkFolder


def passed(name: str) -> Checked:
    return Checked(Verdict(name, PASSED))


def test_the_next_is_the_first_that_is_open_of_those_begun(tmp_path: Path) -> None:
    work = WorkFolder(begin(tmp_path, "masked_bce", "path_loss"))
    assert next_name(work, {}) == "masked_bce"
    assert next_name(work, {"masked_bce": ""}) == "path_loss"
    assert next_name(work, {"masked_bce": "", "path_loss": ""}) == names()[0]
    everything = dict.fromkeys(names(), "")
    assert next_name(work, everything) is None
    assert next_lines(work, everything) == [f"All {len(names())} exercises are passed."]


def test_chapters_have_a_heading_and_a_bar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work = WorkFolder(begin(tmp_path, "keep_probability", "masked_bce", "path_loss"))
    checks = ChecksShown(work, 0, silent=False, one=False)
    checks.begin()
    checks.tell(load("keep_probability"), passed("keep_probability"))
    checks.tell(load("masked_bce"), Checked(Verdict("masked_bce", NOT_YET, "it runs", "why"), "printed"))
    checks.tell(load("path_loss"), passed("path_loss"))
    checks.end()
    assert capsys.readouterr().out.splitlines() == [
        f"Checking {work.path}",
        "",
        "Negative sampling",
        "passed    keep_probability: Subsampling frequent words",
        "not yet   masked_bce: it runs: why",
        "[##########..........] 1 of 2 passed",
        "",
        "Hierarchical softmax",
        "passed    path_loss: The loss of a path",
        "[####################] 1 of 1 passed",
        "",
        "2 of 3 passed",
        f"Next: masked_bce (code, 20 minutes): {work.path}/masked_bce.py",
    ]
    assert list(work.progress().passed) == ["keep_probability", "path_loss"]
    assert checks.passed_names() == {"keep_probability", "path_loss"} and not checks.are_passed()


def test_a_folder_that_cannot_be_written_to_keeps_its_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    checks = ChecksShown(WorkFolder(begin(tmp_path)), 0, silent=True, one=False)
    checks.tell(load("masked_bce"), passed("masked_bce"))
    monkeypatch.setattr("gluon_softmax.coursework.progress.write_whole", full)
    with pytest.warns(UserWarning, match="what was passed could not be noted: .*No space"):
        checks.end()
    assert checks.are_passed()
