"""The neighbours of a word."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The nearest words by cosine",
    chapter="negative_sampling",
    section="Applying the Word Embedding",
    kind="code",
    minutes=25,
    hand_in="nearest_words(weight, word, k): the ids of the k nearest words, and their cosines",
    right_when="the lengths of the vectors do not matter, and the word itself is no answer",
    source="Dive into Deep Learning, section 15.4.3",
    hints=(
        "The cosine of x and y is x . y / (|x| |y|): all of them are one product of a matrix and a vector.",
        "A vector of zeros has no direction. Put 1 for a length of 0, then its cosine is 0 and not NaN.",
        "numpy.argsort sorts upwards; sort the negative cosines.",
        "Take the word's own id out of the sorted ids wherever it stands, then the first k of the rest.",
    ),
    atol=1e-5,
)


def examples() -> list[Example]:
    """Vectors of length 0, 2, 5, 10 and 1."""
    weight = numpy.array([[0.0, 0.0], [0.0, 2.0], [3.0, 4.0], [8.0, 6.0], [-1.0, 0.0]])
    return [Example((weight, 2, 2), (numpy.array([3, 1]), numpy.array([0.96, 0.8])))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A vector of zeros, and before the word another one of its direction."""
    num_words, size = int(rng.integers(10, 14)), 4
    weight = rng.normal(size=(num_words, size)) * rng.uniform(0.2, 5.0, size=(num_words, 1))
    parallel, word, zero = sorted(int(i) for i in rng.choice(num_words, size=3, replace=False))
    weight[parallel] = 2 * weight[word]
    weight[zero] = 0.0
    return weight, word, num_words - 1


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the cosine."""
    weight, word, k = inputs(rng)
    found = answer(weight, word, k)
    scaled = answer(weight * rng.uniform(0.5, 2.0, size=(len(weight), 1)), word, k)
    yield Identity("the lengths of the vectors do not matter", scaled, found)
    ids, cosines = found
    few = answer(weight, word, 3)
    yield Identity("the first three of all are the nearest three", few, (ids[:3], cosines[:3]))
