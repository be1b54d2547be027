"""A course: what its file may say, its key, and exercises of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from oracles.answers import MASKED_BCE
from oracles.courses import own

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework.course import (
    check_in,
    course_text,
    load_course,
    new_course,
    whole_package,
)
from gluon_softmax.coursework.validate import mistaken, own_function
from gluon_softmax.utils.errors import ExerciseError

NAMES = ["context_windows", "masked_bce"]


def write(course: Path, **changes: object) -> Path:
    path = course / "course.json"
    given = json.loads(path.read_text())
    given.update(changes)
    path.write_text(json.dumps(given))
    return course


def test_a_new_course_is_read_as_it_was_made(tmp_path: Path) -> None:
    made = new_course(tmp_path / "course", NAMES)
    assert load_course(tmp_path / "course") == made
    assert made.names() == NAMES
    assert 0 <= made.seed < 2**31
    assert [made.points_of(made.load(name)) for name in NAMES] == [1.0, 1.0]
    assert new_course(tmp_path / "other", NAMES).key_sha256 != made.key_sha256
    assert new_course(tmp_path / "all").names() == exercises.names()
    assert (tmp_path / "course" / "course.json").read_text() == course_text(made)


def test_the_key_stays_out_of_the_course(tmp_path: Path) -> None:
    course = tmp_path / "course"
    new_course(course, NAMES)
    key = course / "key.txt"
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_text().strip() not in (course / "course.json").read_text()
    assert (course / ".gitignore").read_text() == "/key.txt\n"


def test_exercises_are_weighed_ordered_and_renamed(tmp_path: Path) -> None:
    course = tmp_path / "course"
    new_course(course, NAMES)
    entries = [{"name": "masked_bce", "points": 2.5, "title": "Week 1"}, {"name": "context_windows"}]
    found = load_course(write(course, exercises=entries, title="Words", seed=7))
    assert (found.title, found.seed, found.names()) == ("Words", 7, ["masked_bce", "context_windows"])
    first, second = (found.load(name) for name in found.names())
    assert (first.about.title, found.points_of(first)) == ("Week 1", 2.5)
    assert (second.about.title, found.points_of(second)) == (
        exercises.load("context_windows").about.title,
        1.0,
    )


def test_own_exercises_come_last_or_where_they_are_listed(tmp_path: Path) -> None:
    course = tmp_path / "course"
    new_course(course, NAMES)
    own(course)
    found = load_course(course)
    assert found.names() == [*NAMES, "my_loss"]
    assert found.load("my_loss").folder == course / "exercises" / "my_loss"
    found = load_course(write(course, exercises=[{"name": "my_loss"}, {"name": "masked_bce"}]))
    assert found.names() == ["my_loss", "masked_bce"]


def test_a_check_in_a_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new_course(tmp_path / "course", NAMES)
    own(tmp_path / "course")
    exercise = load_course(tmp_path / "course").load("my_loss")
    assert check_in(tmp_path / "course", "my_loss", own_function(exercise, "solution.py"))
    assert not check_in(str(tmp_path / "course"), "my_loss", mistaken(exercise, "label_turned"))
    assert "my_loss" in capsys.readouterr().out


def test_without_a_course_it_is_the_whole_package() -> None:
    assert whole_package().names() == exercises.names()
    assert whole_package().load("masked_bce").about == MASKED_BCE.about


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exercises": 3}, "takes an object with a list of exercises"),
        ({"exercises": []}, "exercises takes one name at least; got none"),
        ({"exercises": ["masked_bce"]}, "exercises takes objects like"),
        ({"exercises": [{"name": "maskd_bce"}]}, "name takes one of .*got 'maskd_bce'"),
        (
            {"exercises": [{"name": "masked_bce"}] * 2},
            "exercises takes each name once; got masked_bce 2 times",
        ),
        ({"exercises": [{"name": "masked_bce", "points": -1}]}, "masked_bce: points takes a finite number"),
        ({"exercises": [{"name": "masked_bce", "points": "2"}]}, "masked_bce: points takes a number"),
        ({"exercises": [{"name": "masked_bce", "title": 2}]}, "title takes a text; got 2"),
        ({"seed": 0.5}, "seed takes an integer"),
        ({"seed": -1}, "seed takes an integer of at least 0; got -1"),
        ({"title": 3}, "title takes a text; got 3"),
    ],
)
def test_what_a_course_may_not_say(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    course = tmp_path / "course"
    new_course(course, NAMES)
    with pytest.raises(ExerciseError, match=said) as caught:
        load_course(write(course, **changes))
    assert "course.json" in str(caught.value)


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    for text in ("{", "[]", "NaN", "\xff"):
        (tmp_path / "broken" / "course.json").write_bytes(text.encode("latin-1"))
        with pytest.raises(ExerciseError, match=r"course\.json takes"):
            load_course(tmp_path / "broken")
    for path in (tmp_path / "nothing", tmp_path / "broken" / "course.json"):
        with pytest.raises(ExerciseError, match=r"course takes a folder with course\.json"):
            load_course(path)


def test_own_exercises_have_names_of_their_own(tmp_path: Path) -> None:
    new_course(tmp_path / "course", NAMES)
    own(tmp_path / "course", "path_loss")
    with pytest.raises(ExerciseError, match=r"names that are none of the package's; got path_loss"):
        load_course(tmp_path / "course")


def test_a_course_is_made_in_a_new_folder_of_known_exercises(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    for folder in (tmp_path / "full", tmp_path / "full" / "file"):
        with pytest.raises(ExerciseError, match="course takes a folder that is new or empty"):
            new_course(folder, NAMES)
    with pytest.raises(ValueError, match=r"only takes one of .*got 'nothing'"):
        new_course(tmp_path / "new", ["nothing"])
    with pytest.raises(ExerciseError, match="only takes each exercise once; got masked_bce 2 times"):
        new_course(tmp_path / "new", ["masked_bce", "masked_bce"])
    assert not (tmp_path / "new").exists()
