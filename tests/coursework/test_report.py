"""A class of all kinds of files: each has its own marks, and nothing is left of any."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from coursework.make_class import KINDS, SLEEP, expected, make_class, students

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework.course import new_course, whole_package
from gluon_softmax.coursework.fork_server import descendants
from gluon_softmax.coursework.report import Report, make_report

NAMES = ("masked_bce", "context_windows")
FEW = [(f"s{number:02d}", kind) for number, kind in enumerate(["solves", "solves", "solves", *KINDS])]


def content_of(folder: Path) -> dict[str, str]:
    """Every file below a folder with its hash, links as what they point to."""
    return {
        str(path.relative_to(folder)): os.readlink(path)
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else "folder"
        for path in folder.rglob("*")
    }


def left_behind() -> list[bytes]:
    """Processes that a file of the class has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:
            continue
    return [line for line in found if SLEEP.encode() in line]


def check_marks(report: Report, chosen: list[tuple[str, str]]) -> None:
    loaded = {asked.name: exercises.load(asked.name) for asked in report.asked}
    wrong = [
        (mark, kind)
        for student, kind in chosen
        for mark in report.of(student)
        if (mark.state, mark.mistakes) != expected(loaded[mark.exercise], kind)
    ]
    assert wrong == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="namespaces and /proc are Linux's")
def test_a_small_class_of_all_kinds(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    make_class(folder, NAMES, FEW)
    before, children = content_of(folder), set(descendants(os.getpid()))
    course = new_course(tmp_path / "course", NAMES)
    report = make_report(folder, course, limit_s=1.0)
    assert content_of(folder) == before
    assert left_behind() == []
    assert set(descendants(os.getpid())) == children
    if report.apart:
        check_marks(report, FEW)
    assert report.points == 2.0
    assert report.points_of("s00") == 2.0
    solvers = tuple(student for student, kind in FEW if kind == "solves")
    assert ("masked_bce", solvers) in report.same()


@pytest.mark.slow
def test_thirty_folders_within_five_minutes(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    chosen = list(students())
    assert len(chosen) == 30
    make_class(folder, exercises.names(), chosen)
    before = content_of(folder)
    begun = time.monotonic()
    report = make_report(folder, whole_package())
    assert time.monotonic() - begun < 300.0
    assert content_of(folder) == before
    assert left_behind() == []
    check_marks(report, chosen)
