"""The log-uniform sampler and its probabilities."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The log-uniform sampler and its probabilities",
    chapter="sampled_softmax",
    section="The Sampler",
    kind="derive",
    minutes=25,
    hand_in="log_uniform_probability(uniforms, range_max): ids drawn by inversion, and their probabilities",
    right_when="the probabilities of all ids sum to one, and each id comes as often as its own says",
    source="TensorFlow, Candidate Sampling Algorithms Reference; tf.random.log_uniform_candidate_sampler",
    hints=(
        "Add up P(0), P(1), ..., P(k): the sum of ln((j + 2) / (j + 1)) telescopes. What is left of it?",
        "A uniform u draws the smallest k whose sum P(0) + ... + P(k) is above u. Solve for k.",
        "ln(k + 2) > u ln(N + 1) says k + 2 > (N + 1)^u. Which function gives the smallest such integer k?",
        "k = floor((N + 1)^u) - 1; and the same N + 1 stands below the probability.",
    ),
)


def examples() -> list[Example]:
    """Five words, with the chapter's probabilities."""
    uniforms = numpy.array([0.0, 0.2, 0.5, 0.7, 0.85, 0.95])
    ids = numpy.array([0, 0, 1, 2, 3, 4])
    by_id = numpy.array([0.386853, 0.226294, 0.160558, 0.124539, 0.101756])
    return [Example((uniforms, 5), (ids, by_id[ids]))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Uniforms that draw frequent and rare ids, none within rounding of the next."""
    range_max = int(rng.integers(20, 400))
    ids = numpy.floor((range_max + 1) ** rng.uniform(size=30)) - 1
    ids = numpy.append(ids, [0, range_max - 1])
    return numpy.log(ids + rng.uniform(1.1, 1.9, size=32)) / numpy.log(range_max + 1), range_max


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of a distribution."""
    range_max = int(rng.integers(5, 50))
    every = numpy.log(numpy.arange(range_max) + 1.5) / numpy.log(range_max + 1)
    ids, probability = answer(every, range_max)
    yield Identity("ids reach from 0 to range_max - 1", ids, numpy.arange(range_max))
    yield Identity("probabilities sum to one", numpy.sum(probability), 1.0)
