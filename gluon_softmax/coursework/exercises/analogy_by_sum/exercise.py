"""Analogies by 3CosAdd."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Analogies by a sum: 3CosAdd",
    chapter="negative_sampling",
    section="Applying the Word Embedding",
    kind="code",
    minutes=25,
    hand_in="analogy_by_sum(weight, a, b, c, k): the ids of the k best answers to a : b = c : ?",
    right_when="the three words are no answers, and the lengths of the vectors do not matter",
    source="Dive into Deep Learning, section 15.7.2.2; Levy and Goldberg 2014 (W14-1618), 3CosAdd",
    hints=(
        "What leads from a to b is b - a. Go the same way from c.",
        "Bring all vectors to length 1 first, the three and the candidates.",
        "Score each word by its inner product with b - a + c; dividing by the length of that changes no "
        "order.",
        "Set the scores of a, b and c to minus infinity, then sort downwards.",
    ),
)


def examples() -> list[Example]:
    """Man (0), king (1), woman (2), queen (3) and cat (4): the scores of 3 and 4 are 1.24 and 0.4."""
    weight = numpy.array([[2.0, 0, 0], [3.0, 0, 4.0], [0, 1.0, 0], [0, 3.0, 4.0], [-1.0, 0, 0]])
    return [Example((weight, 0, 1, 2, 2), numpy.array([3, 4]))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Vectors of several lengths; all answers in their order."""
    num_words = int(rng.integers(16, 20))
    weight = rng.normal(size=(num_words, 4)) * rng.uniform(0.2, 5.0, size=(num_words, 1))
    a, b, c = (int(i) for i in rng.choice(num_words, size=3, replace=False))
    weight[[b, c]] = weight[[a]] * 0.5 + weight[[b, c]] * [
        [1.0],
        [0.5],
    ]  # so that one of the three comes first
    return weight, a, b, c, num_words - 3


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the analogy."""
    weight, a, b, c, k = inputs(rng)
    found = answer(weight, a, b, c, k)
    scaled = weight * rng.uniform(0.5, 2.0, size=(len(weight), 1))
    yield Identity("the lengths of the vectors do not matter", answer(scaled, a, b, c, k), found)
    yield Identity("b and c may change places", answer(weight, a, c, b, k), found)
