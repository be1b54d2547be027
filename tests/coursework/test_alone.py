"""What a student's file may not do: read a solution; and where it stands alone, change or start anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from oracles.answers import RIGHT, checked

from gluon_softmax.coursework.exercise import FOLDER
from gluon_softmax.coursework.ladder import NOT_YET, PASSED

SOLUTION = str(FOLDER / "masked_bce" / "solution.py")
HIDDEN = "PermissionError: a solution is shown by `gluon-softmax exercise solution`, once it passed"


@pytest.mark.parametrize(
    "line",
    [
        f"open({SOLUTION!r})",
        f"open({SOLUTION.encode()!r}, 'rb')",
        f"import pathlib; pathlib.Path({SOLUTION!r}).read_text()",
        f"import os; os.open({SOLUTION!r}, os.O_RDONLY)",
        f"import io, pathlib; io.FileIO(pathlib.Path({SOLUTION!r}))",
        f"import runpy; runpy.run_path({SOLUTION!r})",
        f"import os; os.chdir({str(FOLDER)!r}); open('masked_bce/../masked_bce/mistakes.py')",
        "from gluon_softmax.coursework import exercise as e; e.load('masked_bce')",
        "import gluon_softmax.coursework.exercises.masked_bce.solution",
    ],
)
def test_a_solution_is_not_read(tmp_path: Path, line: str) -> None:
    (tmp_path / "link").symlink_to(SOLUTION)
    verdict = checked(tmp_path, f"{line}\n{RIGHT}").verdict
    assert verdict.state == NOT_YET
    assert "PermissionError: a solution is shown by" in verdict.why


def test_neither_by_a_link_nor_as_python_compiled_it(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(SOLUTION)
    compiled = FOLDER / "masked_bce" / "__pycache__" / "solution.cpython-311.pyc"
    for path in (tmp_path / "link", compiled):
        assert "PermissionError: a sol" in checked(tmp_path, f"open({str(path)!r})\n{RIGHT}").verdict.why


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("open({there!r}, 'w')", "files are written in the own folder alone"),
        ("open({there!r}, 'a')", "files are written in the own folder alone"),
        ("import os; os.open({there!r}, os.O_RDWR)", "files are written in the own folder alone"),
        ("import pathlib; pathlib.Path({there!r}).unlink()", "files are changed in the own folder alone"),
        ("import os; os.remove({there!r})", "files are changed in the own folder alone"),
        ("import os; os.rename({there!r}, 'here')", "files are changed in the own folder alone"),
        ("import os; os.mkdir({there!r} + 'x')", "files are changed in the own folder alone"),
        ("import os; os.chmod({there!r}, 0)", "files are changed in the own folder alone"),
        ("import os; os.system('true')", "no other process may be started or stopped"),
        ("import os; os.fork()", "no other process may be started or stopped"),
        ("import os; os.kill(os.getppid(), 9)", "no other process may be started or stopped"),
        ("import subprocess; subprocess.run(['true'])", "no other process may be started or stopped"),
        ("import socket; socket.socket()", "there is no network"),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1')", "there is no network"),
    ],
)
def test_alone_a_file_changes_and_starts_nothing(tmp_path: Path, line: str, said: str) -> None:
    there = tmp_path / "there.txt"
    there.write_text("as it was")
    verdict = checked(tmp_path, f"{line.format(there=str(there))}\n{RIGHT}", alone=True).verdict
    assert verdict.state == NOT_YET
    assert said in verdict.why
    assert there.read_text() == "as it was" and sorted(os.listdir(tmp_path)) == ["masked_bce.py", "there.txt"]


def test_alone_a_file_may_use_its_own_folder_and_sees_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "word")
    source = """import os
with open("mine.txt", "w") as file:
    file.write("1")
open(os.devnull, "w").close()
os.mkdir("folder")
os.rename("mine.txt", "folder/mine.txt")
assert "SECRET" not in os.environ
assert sorted(os.listdir()) == ["folder", "masked_bce.py"]
"""
    assert checked(tmp_path, source + RIGHT, alone=True).verdict.state == PASSED


def test_at_home_a_file_writes_where_it_is(tmp_path: Path) -> None:
    assert checked(tmp_path, f"open('notes.txt', 'w').write('1')\n{RIGHT}").verdict.state == PASSED
    assert (tmp_path / "notes.txt").read_text() == "1"
