"""Scores lowered by log Q."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Scores lowered by log Q",
    chapter="sampled_softmax",
    section="The Loss",
    kind="code",
    minutes=15,
    hand_in="corrected_scores(target_scores, candidate_scores, target_counts, candidate_counts)",
    right_when="expected counts of 1 change nothing, and rarely drawn words gain on frequent ones",
    source="Jean et al. 2015, On Using Very Large Target Vocabulary, equation 8; TensorFlow, Candidate "
    "Sampling Algorithms Reference",
    hints=(
        "A candidate that is drawn with Q = 0.1 stands for ten words like it. By what should exp(score) be "
        "multiplied?",
        "exp(s) / Q = exp(s - ...).",
        "The target is in the sum too, as one of the sampled classes: it has a Q like the others.",
        "Subtract ln Q from both, then put the target's column before those of the candidates.",
    ),
)


def examples() -> list[Example]:
    """The chapter's position: the target 1, and the candidates 2, 0 and 3 after five tries."""
    target_scores, candidate_scores = numpy.array([-0.4]), numpy.array([[0.55, -0.1, 0.1]])
    target_counts, candidate_counts = numpy.array([0.7227454]), numpy.array([0.5831763, 0.913339, 0.4857379])
    value = numpy.array([[-0.075302, 1.089266, -0.009351, 0.822086]])
    return [Example((target_scores, candidate_scores, target_counts, candidate_counts), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Counts below and above 1, as drawing with repeats gives them."""
    num_rows, num_sampled = int(rng.integers(3, 6)), int(rng.integers(4, 8))
    return (
        rng.normal(scale=2.0, size=num_rows),
        rng.normal(scale=2.0, size=(num_rows, num_sampled)),
        numpy.exp(rng.uniform(-5.0, 1.5, size=num_rows)),
        numpy.exp(rng.uniform(-5.0, 1.5, size=num_sampled)),
    )


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the correction."""
    target, sampled, target_counts, counts = (numpy.asarray(value) for value in inputs(rng))
    plain = answer(target, sampled, numpy.ones_like(target_counts), numpy.ones_like(counts))
    yield Identity("expected counts of 1 change nothing", plain, numpy.column_stack([target, sampled]))
    once = numpy.asarray(answer(target, sampled, target_counts, counts))
    twice = numpy.asarray(answer(target, sampled, 2 * target_counts, 2 * counts))
    law = "twice the counts lower every score by ln 2"
    yield Identity(law, once - twice, numpy.full(once.shape, numpy.log(2.0)))
