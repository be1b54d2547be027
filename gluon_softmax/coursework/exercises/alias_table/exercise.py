"""A table that draws in constant time."""

from __future__ import annotations

from typing import Callable, Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="An alias table",
    chapter="negative_sampling",
    section="The Data",
    kind="code",
    minutes=40,
    hand_in="alias_table(weights): the two arrays of the table",
    right_when="all draws together give each word its share of the weights, whatever the order of the table",
    source="Walker (1977); Vose (1991), A linear algorithm for generating random numbers",
    hints=(
        "n columns of height 1 hold all of the probability: scale the weights so that their mean is 1.",
        "A column that is too low for its word is filled up by one word that has more than 1.",
        "What a word has given away it no longer has; when it falls below 1 it needs to be filled up itself.",
        "Keep two lists, of words below 1 and of the others. Take one of each: accept of the low one is what "
        "it has, alias is the other, which loses 1 - accept and goes into the list where it now belongs. "
        "What is left in the end has accept 1.",
    ),
)
ROUNDING = 1e-9


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> dict[str, object]:
    """What a draw from the table gives: tables of another order have the same distribution."""
    (weights,) = arguments
    accept, alias = answer(weights)
    n = len(weights)
    if len(accept) != n or len(alias) != n:
        raise ValueError(f"accept and alias take {n} columns each; got {len(accept)} and {len(alias)}")
    probability, outside = numpy.zeros(n), 0
    for column in range(n):
        own = min(max(float(accept[column]), 0.0), 1.0) if accept[column] == accept[column] else numpy.nan
        probability[column] += own / n
        if own > 1.0 - ROUNDING:
            continue
        if 0 <= alias[column] < n and int(alias[column]) == alias[column]:
            probability[int(alias[column])] += (1.0 - own) / n
        else:
            outside += 1
    return {"probability of each word": probability, "columns whose alias is no word": outside}


def examples() -> list[Example]:
    """Weights whose shares can be seen, and equal ones, which need no alias."""
    even = {"probability of each word": numpy.full(3, 1 / 3), "columns whose alias is no word": 0}
    some = {"probability of each word": numpy.array([0.1, 0.5, 0.4]), "columns whose alias is no word": 0}
    return [Example((numpy.array([2.0, 10.0, 8.0]),), some), Example((numpy.full(3, 7.0),), even)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Weights in no order, one of which is 0; one is so large that it fills several columns."""
    n = int(rng.integers(6, 12))
    weights = rng.uniform(0.5, 6.0, size=n)
    first, zero, large = 0, *(int(i) for i in rng.choice(numpy.arange(1, n), size=2, replace=False))
    weights[first], weights[zero], weights[large] = 0.2, 0.0, weights.sum()
    return (weights,)


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the distribution."""
    (weights,) = inputs(rng)
    drawn = answer(weights)
    share = {**drawn, "probability of each word": weights / weights.sum()}
    yield Identity("each word is drawn by its share of the weights", drawn, share)
    yield Identity("a common factor of the weights does not matter", answer(weights * 1000.0), drawn)
    one = answer(numpy.array([5.0]))["probability of each word"]
    yield Identity("a single word is always drawn", one, numpy.ones(1))
