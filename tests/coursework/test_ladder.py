"""The first rung that fails is the only one shown, on random inputs of the seed alone."""

from __future__ import annotations

import random
from typing import Callable, Iterator

import numpy
import pytest

from gluon_softmax.coursework import ladder
from gluon_softmax.coursework.exercise import Answer, Identity, load
from gluon_softmax.coursework.notebook import check_here

MASKED_BCE = load("masked_bce")
solution = MASKED_BCE.solution


def wrong_in(rows: Callable[[numpy.ndarray], bool]) -> Callable[..., object]:
    """Right but where the scores are so."""
    return lambda pred, label, mask: solution(pred, label, mask) + (1.0 if rows(pred) else 0.0)


@pytest.mark.parametrize(
    ("answer", "rung"),
    [
        (lambda _, __: 0.0, "the signature"),
        (lambda _, __, ___, ____: 0.0, "the signature"),
        (lambda *, _: 0.0, "the signature"),
        (lambda _, __, ___: 0.0, "the example"),
        (wrong_in(lambda pred: bool(pred[0, 0] == 1.1)), "the example"),
        (wrong_in(lambda pred: bool(pred[0, 0] not in (1.1, 0.0, 800.0))), "random inputs"),
        (wrong_in(lambda pred: bool((pred == 0.0).all())), "a score of 0 costs ln 2"),
        (wrong_in(lambda pred: bool(pred[0, 0] == 800.0)), "large scores do not overflow"),
    ],
)
def test_the_first_rung_that_fails_is_shown(answer: Callable[..., object], rung: str) -> None:
    verdict = check_here(MASKED_BCE, answer)
    assert (verdict.state, verdict.rung) == (ladder.NOT_YET, rung)
    assert verdict.why and verdict.seconds > 0.0


@pytest.mark.parametrize(
    "answer",
    [
        lambda pred, label, mask, _more=1: solution(pred, label, mask),
        lambda *given: solution(*given),
        lambda a, /, b, c, *, _d=1: solution(a, b, c),
    ],
)
def test_arguments_count_by_number_not_by_name(answer: Callable[..., object]) -> None:
    assert check_here(MASKED_BCE, answer).state == ladder.PASSED


def test_the_seed_changes_all_random_inputs_and_nothing_else_does() -> None:
    def inputs(seed: int) -> list[tuple[object, ...]]:
        return ladder.trials_of(MASKED_BCE, seed)

    numpy.random.seed(1)
    random.seed(1)
    first = inputs(5)
    numpy.random.seed(2)
    random.seed(2)
    numpy.testing.assert_equal(inputs(5), first)
    examples = len(MASKED_BCE.examples)
    numpy.testing.assert_equal(inputs(6)[:examples], first[:examples])
    for one, other in zip(first[examples:], inputs(6)[examples:]):
        assert not numpy.array_equal(one[0], other[0])  # type: ignore[arg-type]


def test_a_mistake_that_shows_in_an_identity_alone_is_named_nowhere() -> None:
    verdict = check_here(MASKED_BCE, wrong_in(lambda pred: bool(pred[0, 0] == 800.0)))
    assert verdict.mistakes == ()


def test_an_identity_that_cannot_reckon_with_a_value_is_a_rung() -> None:
    def identities(answer: Answer, _: numpy.random.Generator) -> Iterator[Identity]:
        value = answer(*MASKED_BCE.examples[0].arguments)
        yield Identity("twice", 2 * value, 2 * value)  # type: ignore[operator]
        yield Identity("a member", value["nothing"], 1)  # type: ignore[index]

    verdict = check_here(MASKED_BCE._replace(identities=identities), solution)
    assert (verdict.state, verdict.rung) == (ladder.NOT_YET, "an identity")
    assert verdict.why.startswith("nothing can be calculated from the value: ")


def test_the_parameters_of_a_starter() -> None:
    source = (
        "def other(x): pass\ndef f(a, b=1): pass\nclass C:\n    def __init__(self, x): pass\nclass D: pass\n"
    )
    assert ladder.parameters_of(source, "f") == ("a", "b")
    assert ladder.parameters_of(source, "C") == ("x",)
    assert ladder.parameters_of(source, "D") == ()
    with pytest.raises(ValueError, match="no function g in the starter"):
        ladder.parameters_of(source, "g")
