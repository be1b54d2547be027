"""The book's four arrays."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The padded batch",
    chapter="negative_sampling",
    section="The Data",
    kind="code",
    minutes=20,
    hand_in="padded_batch(centers, contexts, negatives): the four arrays of a batch",
    right_when="the mask counts what a row really holds, and the labels of a row sum to its contexts",
    source="Dive into Deep Learning, section 15.3.5",
    hints=(
        "The longest row decides L: its contexts and its noise words together.",
        "Fill four arrays of zeros row by row; the first has the shape (B, 1), the others (B, L).",
        "The mask comes from the lengths, and never from the ids: id 0 may be a word.",
        "With n contexts and m noise words, mask is 1 up to n + m and label up to n.",
    ),
)


def examples() -> list[Example]:
    """The book's two rows, (1, [2, 2], [3, 3, 3, 3]) and (1, [2, 2, 2], [3, 3]), with another centre."""
    arguments = ([1, 4], [[2, 2], [2, 2, 2]], [[3, 3, 3, 3], [3, 3]])
    words = numpy.array([[2, 2, 3, 3, 3, 3], [2, 2, 2, 3, 3, 0]])
    mask = numpy.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0]])
    label = numpy.array([[1, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0]])
    return [Example(arguments, (numpy.array([[1], [4]]), words, mask, label))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Rows of different lengths, with a word whose id is 0 among the contexts and the noise."""
    sizes = [3, 1, *(int(n) for n in rng.integers(1, 6, size=3))]
    num_noise_words = int(rng.integers(1, 4))
    contexts = [rng.integers(1, 50, size=n).tolist() for n in sizes]
    negatives = [rng.integers(1, 50, size=n * num_noise_words).tolist() for n in sizes]
    contexts[0][1] = negatives[1][0] = 0
    return rng.integers(1, 50, size=len(sizes)).tolist(), contexts, negatives


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of a batch."""
    centers, contexts, negatives = inputs(rng)
    _, words, mask, label = (numpy.asarray(array) for array in answer(centers, contexts, negatives))
    real = [len(row) + len(noise) for row, noise in zip(contexts, negatives)]
    yield Identity("the mask counts the words of a row", mask.sum(axis=1), numpy.array(real))
    yield Identity("the labels count its contexts", label.sum(axis=1), numpy.array([*map(len, contexts)]))
    single = answer(centers[1:2], contexts[1:2], negatives[1:2])
    yield Identity("a row alone is not padded", single[1], words[1:2, : real[1]])
