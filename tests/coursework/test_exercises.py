"""Every exercise: its starter is to do, its solution passes, each wrong answer fails under its own name."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy
import pytest

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework import ladder, validate
from gluon_softmax.coursework.notebook import check_here
from gluon_softmax.coursework.student import load_source

ROOT = Path(__file__).resolve().parents[2]
NAMES = exercises.names()
LOADED = {name: exercises.load(name) for name in NAMES}
MISTAKES = [(name, mistake) for name in NAMES for mistake in LOADED[name].mistakes]
UNUSUAL = [
    (name, node.name)
    for name in NAMES
    for path in [ROOT / "tests" / "coursework" / "unusual" / f"{name}.py"]
    if path.exists()
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
]


@pytest.mark.parametrize("name", NAMES)
def test_the_starter_is_to_do(name: str) -> None:
    assert list(validate.starter(LOADED[name])) == []
    assert list(validate.parameters_agree(LOADED[name])) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes(name: str) -> None:
    assert list(validate.solution(LOADED[name])) == []


@pytest.mark.parametrize("name", NAMES)
def test_without_a_mistake_the_mistakes_file_passes_too(name: str) -> None:
    assert list(validate.without_mistake(LOADED[name])) == []


@pytest.mark.parametrize("name, mistake", MISTAKES)
def test_a_wrong_answer_fails_under_its_own_name(name: str, mistake: str) -> None:
    assert list(validate.named(LOADED[name], mistake)) == []


@pytest.mark.parametrize("name", NAMES)
def test_of_two_mistakes_at_once_none_is_named_that_was_not_made(name: str) -> None:
    assert list(validate.pairs(LOADED[name])) == []


@pytest.mark.parametrize("name, function", UNUSUAL)
def test_a_right_answer_of_another_kind_passes(name: str, function: str) -> None:
    found = load_source(ROOT / "tests" / "coursework" / "unusual" / f"{name}.py")[function]
    assert callable(found)
    for seed in validate.SEEDS:
        verdict = check_here(LOADED[name], found, seed)
        assert (verdict.state, verdict.mistakes) == (ladder.PASSED, ()), verdict


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_what_the_solution_gives(name: str) -> None:
    assert list(validate.examples(LOADED[name])) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_is_whole(name: str) -> None:
    sections = validate.sections_of(LOADED[name], ROOT / "chapters")
    assert sections
    assert list(validate.texts(LOADED[name], sections)) == []


def test_whatever_ran_before_the_verdict_is_the_same() -> None:
    mistaken = validate.mistaken(LOADED["masked_bce"], "mean_over_length")
    before = check_here(LOADED["masked_bce"], mistaken, 3)
    numpy.random.seed(1)
    numpy.random.random(7)
    after = check_here(LOADED["masked_bce"], mistaken, 3)
    assert before._replace(seconds=0.0) == after._replace(seconds=0.0)


def test_an_answer_may_change_its_arguments_in_the_identities_too() -> None:
    solution = validate.own_function(LOADED["masked_bce_gradient"], "solution.py")

    def careless(pred: numpy.ndarray, label: numpy.ndarray, mask: numpy.ndarray) -> object:
        gradient = solution(pred, label, mask)
        for array in (pred, label, mask):
            array[:] = 7.0
        return gradient

    assert check_here(LOADED["masked_bce_gradient"], careless).state == ladder.PASSED
