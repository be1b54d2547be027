"""Candidates that are the target."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Candidates that are the target",
    chapter="sampled_softmax",
    section="The Loss",
    kind="code",
    minutes=15,
    hand_in="accidental_hits(scores, target, candidates): the scores with every hit at minus infinity",
    right_when="no row has its target twice in the sum, and no row lost its target",
    source="Jean et al. 2015, section 3.2; TensorFlow, tf.nn.sampled_softmax_loss, remove_accidental_hits",
    hints=(
        "Candidates are shared by all rows. In which rows is a candidate a hit?",
        "Compare each row's target with each candidate: that is a table of N rows and S columns.",
        "With repeats a target may be among the candidates several times.",
        "Column 0 stays; column 1 + c becomes -inf in each row n where candidates[c] == target[n].",
    ),
)


def examples() -> list[Example]:
    """Word 4 is drawn twice; for the first row it is a hit, for the second it is not."""
    scores = numpy.array([[1.0, 0.5, 0.2, 0.5, 0.3], [2.0, 0.4, 0.1, 0.4, 0.6]])
    target, candidates = numpy.array([4, 7]), numpy.array([4, 2, 4, 0])
    value = scores.copy()
    value[0, [1, 3]] = -numpy.inf
    return [Example((scores, target, candidates), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """The first target twice among the candidates, the second once, the third not at all; then others."""
    num_rows, vocab_size = int(rng.integers(4, 7)), 12
    target = numpy.append(rng.permutation(vocab_size)[:3], rng.integers(vocab_size, size=num_rows - 3))
    others = numpy.setdiff1d(numpy.arange(vocab_size), target)
    candidates = rng.permutation(numpy.concatenate([target[[0, 0, 1]], rng.choice(others, size=3)]))
    return rng.normal(size=(num_rows, 1 + len(candidates))), target, candidates


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the hits."""
    scores, target, candidates = (numpy.asarray(value) for value in inputs(rng))
    yield Identity("without hits nothing changes", answer(scores, target + 100, candidates), scores)
    masked = numpy.asarray(answer(scores, target, candidates))
    yield Identity("the target's own column stays", masked[:, 0], scores[:, 0])
