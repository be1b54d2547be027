"""Mistakes are recognised by what they give: one, or two at once; never one that was not made."""

from __future__ import annotations

from typing import Callable

import numpy
import pytest

from gluon_softmax.coursework import museum
from gluon_softmax.coursework.exercise import Exercise, Loaded, Mistake, about, load
from gluon_softmax.coursework.museum import Trial

MASKED_BCE = load("masked_bce")
INPUTS = [MASKED_BCE.inputs(numpy.random.default_rng(seed)) for seed in range(3)]
ABOUT: Exercise = about("masked_bce")


def trials(answer: Callable[..., object]) -> list[Trial]:
    return [Trial(arguments, museum.outcome(answer, arguments)) for arguments in INPUTS]


def with_mistakes(*made: str) -> list[Trial]:
    return trials(lambda *given: MASKED_BCE.wrong(*given, wrong=frozenset(made)))


@pytest.mark.parametrize(
    "made", [("mean_over_length",), ("label_turned",), ("label_turned", "mean_over_length")]
)
def test_mistakes_are_named(made: tuple[str, ...]) -> None:
    assert museum.recognise(MASKED_BCE, with_mistakes(*made)) == made


def test_what_no_mistake_explains_is_not_named() -> None:
    assert museum.recognise(MASKED_BCE, trials(lambda pred, _, __: pred[:, 0])) == ()
    assert museum.recognise(MASKED_BCE, trials(MASKED_BCE.solution)) == ()


def test_all_trials_must_agree() -> None:
    first, *rest = with_mistakes("label_turned")
    assert museum.recognise(MASKED_BCE, [first, *with_mistakes("mean_over_length")[1:]]) == ()
    assert museum.explains(MASKED_BCE, frozenset(["label_turned"]), [first, *rest])


def twins(*names: str) -> Loaded:
    """An exercise whose mistakes all add the number of those made."""

    def wrong(value: float, *, wrong: frozenset[str]) -> object:
        return value + len(wrong)

    mistakes = {name: Mistake("It was believed. It is not so.", "A section") for name in names}
    return MASKED_BCE._replace(wrong=wrong, mistakes=mistakes)


def test_of_mistakes_that_cannot_be_told_apart_none_is_named() -> None:
    assert museum.recognise(twins("one"), [Trial((1.0,), 2.0)]) == ("one",)
    assert museum.recognise(twins("one", "two"), [Trial((1.0,), 2.0)]) == ()
    assert museum.recognise(twins("one", "two"), [Trial((1.0,), 3.0)]) == ("one", "two")
    assert museum.recognise(twins("one", "two", "three"), [Trial((1.0,), 3.0)]) == ()


def test_an_answer_without_a_value_is_none_and_says_nothing() -> None:
    assert museum.outcome(lambda x: 1 / x, (0,)) is None
    assert museum.outcome(lambda x: [1][x], (3,)) is None
    value = museum.outcome(lambda x: numpy.array([1.0]) / x, (0,))
    assert isinstance(value, numpy.ndarray) and numpy.isinf(value).all()


def test_arguments_are_copied() -> None:
    array = numpy.zeros(3)

    def changes(x: numpy.ndarray) -> numpy.ndarray:
        x += 1
        return x

    numpy.testing.assert_array_equal(museum.outcome(changes, (array,)), [1, 1, 1])
    numpy.testing.assert_array_equal(array, [0, 0, 0])
