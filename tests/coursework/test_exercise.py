"""An exercise's folder: what is in it, in which order, and what is said where something is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.utils.errors import ExerciseError


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one exercise."""
    shutil.copytree(exercises.FOLDER / "masked_bce", tmp_path / "course" / "masked_bce")
    return tmp_path / "course"


def test_names_come_in_the_order_of_the_course(course: Path) -> None:
    for name in ("alpha", "beta", "gamma"):
        shutil.copytree(course / "masked_bce", course / name)
    assert exercises.names(course) == ["alpha", "beta", "gamma", "masked_bce"]
    (course / "order.txt").write_text("gamma\nnot_there\nmasked_bce\n")
    (course / "no_exercise").mkdir()
    assert exercises.names(course) == ["gamma", "masked_bce", "alpha", "beta"]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"^exercise takes one of .*; got 'maskd'; did you mean masked_bce\?$"
    ):
        exercises.load("maskd")
    with pytest.raises(ValueError, match=r"^exercise takes one of .*; got '../../utils'$"):
        exercises.about("../../utils")


@pytest.mark.parametrize("file", exercises.FILES)
def test_a_missing_file_is_named(file: str, course: Path) -> None:
    (course / "masked_bce" / file).unlink()
    if file == "exercise.py":
        with pytest.raises(ValueError, match=r"exercise takes one of ; got 'masked_bce'"):
            exercises.load("masked_bce", course)
    else:
        with pytest.raises(ExerciseError, match=rf"masked_bce takes the files .*; {file} is missing"):
            exercises.load("masked_bce", course)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("exercise.py", "EXERCISE"),
        ("exercise.py", "examples"),
        ("exercise.py", "inputs"),
        ("solution.py", "masked_bce"),
        ("mistakes.py", "masked_bce"),
        ("mistakes.py", "MISTAKES"),
    ],
)
def test_a_missing_name_is_named(file: str, name: str, course: Path) -> None:
    path = course / "masked_bce" / file
    path.write_text(f"{path.read_text()}\ndel {name}\n")
    with pytest.raises(ExerciseError, match=f"^masked_bce/{file} takes a {name}; there is none$"):
        exercises.load("masked_bce", course)


def test_what_is_asked_is_read_without_what_answers_it(course: Path) -> None:
    (course / "masked_bce" / "solution.py").write_text("raise SystemExit\n")
    assert exercises.about("masked_bce", course) == exercises.about("masked_bce")


def test_a_kind_that_there_is_not_is_refused(course: Path) -> None:
    path = course / "masked_bce" / "exercise.py"
    path.write_text(path.read_text().replace('kind="code"', 'kind="codes"'))
    with pytest.raises(ValueError, match=r"masked_bce: kind takes one of derive, .*; did you mean code"):
        exercises.load("masked_bce", course)


def test_a_probe_calls_the_function_the_solution_and_the_wrong_answers(course: Path) -> None:
    path = course / "masked_bce" / "exercise.py"
    path.write_text(f"{path.read_text()}\n\ndef probe(answer, arguments):\n    return [answer(*arguments)]\n")
    loaded = exercises.load("masked_bce", course)
    assert loaded.has_probe and not exercises.load("masked_bce").has_probe
    arguments = loaded.examples[0].arguments
    for answer in (loaded.solution(*arguments), loaded.wrong(*arguments, wrong=frozenset())):
        assert isinstance(answer, list) and len(answer) == 1


def test_loading_leaves_no_trace(course: Path) -> None:
    before = sorted(course.rglob("*"))
    assert exercises.load("masked_bce", course).starter.startswith('"""Before')
    assert sorted(course.rglob("*")) == before
