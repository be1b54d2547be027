"""The distribution of noise words."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The distribution of noise words",
    chapter="negative_sampling",
    section="The Data",
    kind="code",
    minutes=15,
    hand_in="noise_probability(counts): the probability of drawing each word as noise",
    right_when="the probabilities sum to one, and a word 16 times as frequent is drawn 8 times as often",
    source="Mikolov et al. (2013), section 2.2; Dive into Deep Learning, section 15.3.4",
    hints=(
        "Between drawing by frequency (power 1) and uniformly (power 0) lies the power 3/4.",
        "Raise the counts first, and make them a distribution afterwards.",
        "<unk> is no word: its weight is 0 before you add the weights up.",
    ),
)


def examples() -> list[Example]:
    """Fourth powers, so that the weights are the cubes 64, 27, 8 and 1, which sum to 100."""
    counts = numpy.array([500, 256, 81, 16, 1])
    return [Example((counts,), numpy.array([0.0, 0.64, 0.27, 0.08, 0.01]))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Counts of a few words, one of which never occurs, in no order."""
    counts = rng.integers(2, 3000, size=int(rng.integers(6, 12)))
    counts[int(rng.integers(1, len(counts)))] = 0
    counts[0] = int(rng.integers(500, 2000))
    return (counts,)


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the distribution."""
    (counts,) = inputs(rng)
    drawn = answer(counts)
    yield Identity("the probabilities sum to one", numpy.sum(drawn), 1.0)
    yield Identity("a text three times as long has the same noise", answer(counts * 3), drawn)
    one, other = numpy.asarray(answer(numpy.array([7, 48, 3])))[1:]
    yield Identity("16 times as frequent is drawn 8 times as often", one / other, 8.0)
