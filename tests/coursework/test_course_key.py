"""The course's key: it shows the solutions of its own course, and no other file does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from oracles.small_runs import Call

from gluon_softmax.coursework.course import load_course, new_course, whole_package
from gluon_softmax.utils.errors import ExerciseError


def test_a_key_is_one_course_s(tmp_path: Path) -> None:
    for name in ("course", "other"):
        new_course(tmp_path / name, ["masked_bce"])
    key = tmp_path / "course" / "key.txt"
    assert load_course(tmp_path / "course").has_key(key)
    assert not load_course(tmp_path / "other").has_key(key)
    assert not load_course(tmp_path / "course").has_key(tmp_path / "nothing")
    assert not whole_package().has_key(key)  # the package is no course
    (tmp_path / "empty").write_text("")
    assert not whole_package().has_key(tmp_path / "empty")


def test_a_course_without_a_key_has_none(tmp_path: Path) -> None:
    new_course(tmp_path / "course", ["masked_bce"])
    path = tmp_path / "course" / "course.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "key_sha256": ""}))
    assert not load_course(tmp_path / "course").has_key(tmp_path / "course" / "key.txt")
    path.write_text("{")
    with pytest.raises(ExerciseError, match="takes JSON"):
        load_course(tmp_path / "course").has_key(tmp_path / "course" / "key.txt")


def test_the_command_shows_a_solution_for_the_key(tmp_path: Path, call: Call) -> None:
    course = tmp_path / "course"
    new_course(course, ["masked_bce"])
    shown = ("exercise", "solution", "masked_bce", "--course", str(course), "--key")
    status, out, _ = call(*shown, str(course / "key.txt"))
    assert status == 0 and "def masked_bce" in out
    status, out, err = call(*shown, str(course / "course.json"))
    assert status == 2 and out == "" and "--key takes the course's key file" in err
