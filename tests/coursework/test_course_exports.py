"""What a course becomes: starters for students, the whole of it for an autograder, the key for nobody."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from oracles.answers import RIGHT
from oracles.courses import own

from gluon_softmax.coursework.course import Course, load_course, new_course, whole_package
from gluon_softmax.coursework.course_exports import PLACES, export
from gluon_softmax.utils.errors import ExerciseError

NAMES = ["masked_bce", "context_windows"]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    new_course(tmp_path / "course", NAMES)
    own(tmp_path / "course")
    return load_course(tmp_path / "course")


@pytest.mark.parametrize("to", list(PLACES))
def test_nobody_gets_the_key_and_students_no_solution(tmp_path: Path, course: Course, to: str) -> None:
    if to in ("nbgrader", "otter"):
        pytest.importorskip("nbformat")
    out = tmp_path / "out"
    files = export(course, to, out)
    assert sorted(files) == sorted(path for path in out.rglob("*") if path.is_file())
    key = (tmp_path / "course" / "key.txt").read_text().strip()
    contents = {path: path.read_bytes() for path in files}
    assert not any(key.encode() in content for content in contents.values())
    if to != "gradescope":
        assert not any(
            b"numpy.logaddexp" in content and b"losses[row]" in content for content in contents.values()
        )
        assert not any(path.name in ("solution.py", "mistakes.py") for path in files)


def test_a_repository_has_starters_and_a_workflow(tmp_path: Path, course: Course) -> None:
    out = tmp_path / "out"
    export(course, "github", out)
    for name in course.names():
        assert (out / f"{name}.py").read_text() == course.load(name).starter
    workflow = (out / ".github" / "workflows" / "exercises.yml").read_text()
    command = re.search(r"- run: gluon-softmax (exercise check .*)", workflow)
    assert command is not None and command[1].split() == ["exercise", "check", ".", *NAMES]
    readme = (out / "README.md").read_text()
    assert "| `masked_bce.py` | The masked binary cross-entropy | 1 |" in readme
    assert "Your teacher checks `my_loss.py`" in readme
    assert re.search(r"^gluon_softmax==\d", (out / "requirements.txt").read_text(), re.MULTILINE)


def test_the_workflow_s_command_runs_where_it_is(tmp_path: Path, course: Course) -> None:
    out = tmp_path / "out"
    export(course, "github", out)
    (out / "masked_bce.py").write_text(RIGHT)
    command = [sys.executable, "-m", "gluon_softmax", "exercise", "check", ".", *NAMES]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "passed    masked_bce" in done.stdout and "to do     context_windows" in done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="the autograder's scripts are bash's")
def test_gradescope_s_autograder_gives_marks(tmp_path: Path, course: Course) -> None:
    """The script runs as it is, in another place than /autograder and with this Python."""
    out = tmp_path / "autograder" / "source"
    export(course, "gradescope", out)
    with zipfile.ZipFile(out / "autograder.zip") as archive:
        names = archive.namelist()
        assert {"setup.sh", "run_autograder", "course/course.json"} <= set(names)
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
    assert "course/exercises/my_loss/solution.py" in names and not any("key" in name for name in names)
    home = tmp_path / "autograder"
    program = home / "venv" / "bin" / "gluon-softmax"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m gluon_softmax "$@"\n')
    program.chmod(0o755)
    (home / "submission").mkdir()
    (home / "submission" / "masked_bce.py").write_text(RIGHT)
    (home / "submission" / "my_loss.py").write_text(RIGHT.replace("masked_bce", "my_loss"))
    script = out / "run_autograder"
    script.write_text(script.read_text().replace("/autograder", str(home)))
    for path in (script, out / "setup.sh"):
        assert os.access(path, os.X_OK)
        subprocess.run(["bash", "-n", str(path)], check=True)
    subprocess.run([str(script)], check=True, cwd=tmp_path)
    results = json.loads((home / "results" / "results.json").read_text())
    assert results["score"] == 2.0
    assert [test["status"] for test in results["tests"]] == ["passed", "failed", "passed"]


def test_the_package_is_a_course_too(tmp_path: Path) -> None:
    export(whole_package(), "github", tmp_path / "out")
    for path in (tmp_path / "out").glob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))


def test_what_cannot_be_exported(tmp_path: Path, course: Course) -> None:
    with pytest.raises(ValueError, match="to takes one of github, gradescope, nbgrader, otter; got 'moodle'"):
        export(course, "moodle", tmp_path / "out")
    with pytest.raises(ExerciseError, match="out takes a folder that is new or empty"):
        export(course, "github", tmp_path / "course")
    alone = course._replace(entries=())
    with pytest.raises(ExerciseError, match="to github takes a course with an exercise of the package"):
        export(alone, "github", tmp_path / "out")
    assert not (tmp_path / "out").exists()
