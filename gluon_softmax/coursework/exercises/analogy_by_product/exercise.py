"""Analogies by 3CosMul."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Analogies by a product: 3CosMul",
    chapter="negative_sampling",
    section="Applying the Word Embedding",
    kind="code",
    minutes=25,
    hand_in="analogy_by_product(weight, a, b, c, k): the ids of the k best answers, and their scores",
    right_when="no score is negative or infinite, and the lengths of the vectors do not matter",
    source="Levy and Goldberg 2014 (W14-1618), 3CosMul",
    hints=(
        "Take the cosines of all words with a, b and c: three vectors of V numbers.",
        "A product of two negative cosines is positive. Bring each cosine from [-1, 1] to [0, 1] first.",
        "near(b) * near(c) / (near(a) + 0.001): the small number keeps the quotient finite where near(a) is "
        "0.",
        "Leave a, b and c out, sort downwards, and return the scores in that order too.",
    ),
    atol=1e-5,
)


def examples() -> list[Example]:
    """Word 3 has the cosines 0, 0.8 and 0.6 with a, b and c; word 4 has -1, 0 and 0."""
    weight = numpy.array([[1.0, 0, 0], [0, 2.0, 0], [0, 0, 1.0], [0, 4.0, 3.0], [-1.0, 0, 0]])
    scores = numpy.array([0.5 * 0.5 / 0.001, 0.9 * 0.8 / 0.501])
    return [Example((weight, 0, 1, 2, 2), (numpy.array([4, 3]), scores))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Cosines of both signs, and a word that is the opposite of a."""
    num_words = int(rng.integers(12, 16))
    weight = rng.normal(size=(num_words, 4)) * rng.uniform(0.2, 5.0, size=(num_words, 1))
    a, b, c, opposite = (int(i) for i in rng.choice(num_words, size=4, replace=False))
    weight[a] = [0.0, 4.0, 0.0, 0.0]
    weight[opposite] = -weight[a] / 2
    return weight, a, b, c, num_words - 3


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the analogy."""
    weight, a, b, c, k = inputs(rng)
    found = answer(weight, a, b, c, k)
    scaled = weight * rng.uniform(0.5, 2.0, size=(len(weight), 1))
    yield Identity("the lengths of the vectors do not matter", answer(scaled, a, b, c, k), found)
    yield Identity("b and c may change places", answer(weight, a, c, b, k), found)
