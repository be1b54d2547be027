"""The contexts of each centre."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Windows that stop at sentence ends",
    chapter="negative_sampling",
    section="The Data",
    kind="code",
    minutes=25,
    hand_in="context_windows(ids, offsets, window_sizes): the centres, and the contexts of each",
    right_when="no context comes from another sentence, and none is the centre's own position",
    source="Dive into Deep Learning, section 15.3.3",
    hints=(
        "Go sentence by sentence: sentence s is ids[offsets[s]:offsets[s + 1]].",
        "The window of position i goes from i - w to i + w, both included: mind what a slice leaves out.",
        "Cut the window with max and min at the sentence's ends; a negative index would count from the end.",
        "Leave out the *position* i. A word equal to the centre two places on is a context like any other.",
    ),
)


def examples() -> list[Example]:
    """The book's two artificial sentences, with sizes that were drawn from 1 and 2."""
    ids, offsets = numpy.arange(10), numpy.array([0, 7, 10])
    sizes = numpy.array([1, 2, 1, 2, 1, 1, 2, 1, 2, 1])
    contexts = ((1,), (0, 2, 3), (1, 3), (1, 2, 4, 5), (3, 5), (4, 6), (4, 5), (8,), (7, 9), (8,))
    return [Example((ids, offsets, sizes), (ids, contexts))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Sentences of one word and more, with words that are repeated within a window."""
    lengths = [1, int(rng.integers(3, 5)), 2, int(rng.integers(7, 10)), 1, int(rng.integers(3, 6))]
    offsets = numpy.concatenate([[0], numpy.cumsum(lengths)])
    ids = rng.permutation(numpy.arange(1, 60))[: offsets[-1]]
    sizes = rng.integers(1, 4, size=len(ids))
    first = int(offsets[3])  # of the long sentence
    sizes[first : first + 4] = [2, 3, 2, 1]
    ids[first + 1] = ids[first]
    return ids, offsets, sizes


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of windows."""
    ids, offsets, sizes = (numpy.asarray(value) for value in inputs(rng))
    centers, contexts = answer(ids, offsets, sizes)
    swapped = answer(ids + 100, offsets, sizes)
    shifted = [[word + 100 for word in row] for row in contexts], [center + 100 for center in centers]
    yield Identity("the words themselves do not matter", swapped, shifted[::-1])
    whole = answer(ids[:5], numpy.array([0, 5]), numpy.full(5, 9))
    others = [[int(ids[j]) for j in range(5) if j != i] for i in range(5)]
    yield Identity("in a wide window all other positions are contexts", whole, (ids[:5], others))
