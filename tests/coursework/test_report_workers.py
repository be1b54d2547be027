"""The processes that check: one that was lost costs its student alone, and an interrupt ends them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from oracles.answers import RIGHT, body

from gluon_softmax.coursework import report_workers
from gluon_softmax.coursework.course import new_course
from gluon_softmax.coursework.fork_server import descendants
from gluon_softmax.coursework.ladder import NOT_YET, PASSED
from gluon_softmax.coursework.report_worker import Setting
from gluon_softmax.coursework.report_workers import all_rows
from gluon_softmax.utils.errors import ExerciseError

NAMES = ("masked_bce",)


def setting(tmp_path: Path, students: dict[str, str]) -> Setting:
    new_course(tmp_path / "course", NAMES)
    for name, source in students.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "masked_bce.py").write_text(source)
    return Setting(str(tmp_path / "class"), str(tmp_path / "course"), 0, 5.0)


def test_students_are_told_as_they_are_done(tmp_path: Path) -> None:
    students = {"ann": RIGHT, "bob": body("return 1"), "cem": RIGHT}
    told: list[tuple[int, int]] = []
    rows = all_rows(
        setting(tmp_path, students), list(students), NAMES, 2, lambda done, of: told.append((done, of))
    )
    assert {name: row[0]["state"] for name, row in rows.items()} == {
        "ann": PASSED,
        "bob": NOT_YET,
        "cem": PASSED,
    }
    assert sorted(told) == [(1, 3), (2, 3), (3, 3)]


def test_a_lost_worker_costs_its_student_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    students = {"ann": RIGHT, "bob": RIGHT, "cem": RIGHT}
    given = setting(tmp_path, students)
    start = report_workers._Worker._start
    started = []

    def start_and_kill_once(self: report_workers._Worker) -> subprocess.Popen[str]:
        process = start(self)
        started.append(process)
        if len(started) == 1:
            process.kill()
            process.wait()
        return process

    monkeypatch.setattr(report_workers._Worker, "_start", start_and_kill_once)
    rows = all_rows(given, list(students), NAMES, 1, max)
    assert rows["ann"][0]["why"] == "the checker was ended while it checked this folder"
    assert [rows[name][0]["state"] for name in students] == [NOT_YET, PASSED, PASSED]
    assert len(started) == 2


def test_a_worker_that_cannot_start_says_why(tmp_path: Path) -> None:
    given = setting(tmp_path, {"ann": RIGHT})._replace(course=str(tmp_path / "nothing"))
    with pytest.raises(ExerciseError, match=r"the process that checks cannot start: .*course takes a folder"):
        all_rows(given, ["ann"], NAMES, 1, max)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_the_end_of_the_report_is_the_end_of_all_it_started(tmp_path: Path, signum: int) -> None:
    given = setting(tmp_path, {"ann": "while True: pass\n", "bob": "while True: pass\n"})._replace(
        limit_s=60.0
    )
    code = f"""
import signal
from gluon_softmax.coursework.report_worker import Setting
from gluon_softmax.coursework.report_workers import all_rows
signal.signal(signal.SIGINT, signal.default_int_handler)
all_rows(Setting(*{tuple(given)!r}), ["ann", "bob"], {NAMES!r}, 2, max)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30.0
    while len(list(descendants(process.pid))) < 8 and time.monotonic() < until:
        time.sleep(0.05)
    started = list(descendants(process.pid))
    assert len(started) >= 4  # two workers, a server each, and the files' own
    process.send_signal(signum)
    process.wait(timeout=30.0)
    until = time.monotonic() + 30.0
    while any(map(_is_alive, started)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_is_alive, started))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
