"""The probability of keeping a frequent word."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Subsampling frequent words",
    chapter="negative_sampling",
    section="The Data",
    kind="code",
    minutes=20,
    hand_in="keep_probability(counts, threshold, rule): the probability of keeping each word",
    right_when="a word that is four times as frequent as the threshold is kept half the time, or 3/4",
    source="Mikolov et al. (2013), section 2.3; word2vec.c; Dive into Deep Learning, section 15.3.2",
    hints=(
        "A count is no frequency: divide it by the number of tokens, without those of <unk>.",
        "The paper gives the probability of *discarding* a word, 1 - sqrt(t / f). You want the other.",
        "word2vec.c keeps a word if (sqrt(f / t) + 1) t / f is larger than a uniform draw. Multiply it out.",
        "With r = t / f the two rules are sqrt(r) and sqrt(r) + r. Cap both at 1, and set entry 0 to 0.",
    ),
)


def examples() -> list[Example]:
    """Four words and <unk>, by both rules; f is 0.64, 0.31, 0.04 and 0.01."""
    counts = numpy.array([7, 64, 31, 4, 1])
    return [
        Example((counts, 0.01, "d2l"), numpy.array([0.0, 0.125, 0.179605, 0.5, 1.0])),
        Example((counts, 0.01, "word2vec"), numpy.array([0.0, 0.140625, 0.211863, 0.75, 1.0])),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Counts with words far above the threshold and words far below it, and many <unk>."""
    frequent = rng.integers(400, 2000, size=int(rng.integers(3, 6)))
    rare = rng.integers(1, 30, size=int(rng.integers(4, 8)))
    counts = numpy.concatenate([[int(rng.integers(300, 600))], frequent, rare])
    return counts, 60.0 / float(counts[1:].sum()), ("d2l", "word2vec")[int(rng.integers(2))]


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of both rules."""
    counts, threshold, rule = inputs(rng)
    kept = answer(counts, threshold, rule)
    yield Identity("a text twice as long keeps the same share", answer(counts * 2, threshold, rule), kept)
    for rule, share in (("d2l", 0.5), ("word2vec", 0.75)):
        got = answer(numpy.array([9, 40, 60]), 0.1, rule)
        yield Identity(f"by {rule} a word with f = 4 t is kept with {share}", numpy.asarray(got)[1], share)
