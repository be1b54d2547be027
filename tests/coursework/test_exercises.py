"""Every exercise: its starter is to do, its solution passes, each wrong answer fails under its own name."""

from __future__ import annotations

import ast
from itertools import combinations
from pathlib import Path
from typing import Callable

import numpy
import pytest

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework import ladder, museum, wire
from gluon_softmax.coursework.compare import difference
from gluon_softmax.coursework.exercise import Loaded
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
SEEDS = range(20)


def raw(exercise: Loaded, file: str) -> Callable[..., object]:
    """A file's own function, which no probe calls yet."""
    function = getattr(exercises.load_module(exercise.folder / file), exercise.name)
    assert callable(function)
    return function


@pytest.mark.parametrize("name", NAMES)
def test_the_starter_is_to_do(name: str) -> None:
    function = load_source(LOADED[name].folder / "starter.py")[name]
    assert callable(function)
    assert check_here(LOADED[name], function).state == ladder.TO_DO


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes(name: str) -> None:
    for seed in SEEDS:
        verdict = check_here(LOADED[name], raw(LOADED[name], "solution.py"), seed)
        assert verdict.state == ladder.PASSED, verdict


@pytest.mark.parametrize("name", NAMES)
def test_without_a_mistake_the_mistakes_file_passes_too(name: str) -> None:
    function = raw(LOADED[name], "mistakes.py")
    for seed in SEEDS:
        verdict = check_here(LOADED[name], lambda *given: function(*given, wrong=frozenset()), seed)
        assert verdict.state == ladder.PASSED, verdict


@pytest.mark.parametrize("name, mistake", MISTAKES)
def test_a_wrong_answer_fails_under_its_own_name(name: str, mistake: str) -> None:
    function = raw(LOADED[name], "mistakes.py")
    for seed in SEEDS:
        verdict = check_here(LOADED[name], lambda *given: function(*given, wrong=frozenset([mistake])), seed)
        assert (verdict.state, verdict.mistakes) == (ladder.NOT_YET, (mistake,)), verdict


@pytest.mark.parametrize("name", NAMES)
def test_of_two_mistakes_at_once_none_is_named_that_was_not_made(name: str) -> None:
    exercise, function = LOADED[name], raw(LOADED[name], "mistakes.py")
    for pair in combinations(exercise.mistakes, 2):
        verdict = check_here(exercise, lambda *given, made=pair: function(*given, wrong=frozenset(made)))
        assert verdict.state != ladder.PASSED
        assert set(verdict.mistakes) <= set(pair), verdict


@pytest.mark.parametrize("name, function", UNUSUAL)
def test_a_right_answer_of_another_kind_passes(name: str, function: str) -> None:
    found = load_source(ROOT / "tests" / "coursework" / "unusual" / f"{name}.py")[function]
    assert callable(found)
    for seed in SEEDS:
        verdict = check_here(LOADED[name], found, seed)
        assert (verdict.state, verdict.mistakes) == (ladder.PASSED, ()), verdict


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_what_the_solution_gives(name: str) -> None:
    exercise = LOADED[name]
    for example in exercise.examples:
        value = museum.outcome(exercise.solution, example.arguments)
        assert difference(value, wire.plain(example.value), 1e-4, 1e-5) is None


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_is_whole(name: str) -> None:
    exercise = LOADED[name]
    about = exercise.about
    chapter = (ROOT / "chapters" / f"{about.chapter}.py").read_text(encoding="utf-8")
    sections = {line[len("# ## ") :] for line in chapter.splitlines() if line.startswith("# ## ")}
    assert about.section in sections
    assert about.kind in exercises.KINDS
    assert 5 <= about.minutes <= 180
    assert about.hand_in and about.right_when and about.source
    assert len(about.hints) >= 2
    assert exercise.examples
    assert len(exercise.mistakes) >= 2
    for mistake in exercise.mistakes.values():
        assert mistake.section in sections
        assert 1 <= mistake.says.count(". ") <= 2
        assert mistake.says.endswith(".")
        assert not mistake.bug or mistake.bug.startswith("https://github.com/")
    text = exercise.starter
    assert "raise NotImplementedError" in text
    for word in ("Parameters\n", "Returns\n", ">>> "):
        assert word in text


def test_whatever_ran_before_the_verdict_is_the_same() -> None:
    function = raw(LOADED["masked_bce"], "mistakes.py")

    def mistaken(*given: object) -> object:
        return function(*given, wrong=frozenset(["mean_over_length"]))

    before = check_here(LOADED["masked_bce"], mistaken, 3)
    numpy.random.seed(1)
    numpy.random.random(7)
    after = check_here(LOADED["masked_bce"], mistaken, 3)
    assert before._replace(seconds=0.0) == after._replace(seconds=0.0)


def test_an_answer_may_change_its_arguments_in_the_identities_too() -> None:
    solution = raw(LOADED["masked_bce_gradient"], "solution.py")

    def careless(pred: numpy.ndarray, label: numpy.ndarray, mask: numpy.ndarray) -> object:
        gradient = solution(pred, label, mask)
        for array in (pred, label, mask):
            array[:] = 7.0
        return gradient

    assert check_here(LOADED["masked_bce_gradient"], careless).state == ladder.PASSED
