"""How often a word is expected among the candidates."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="How often a word is expected among the candidates",
    chapter="sampled_softmax",
    section="The Sampler",
    kind="derive",
    minutes=15,
    hand_in="expected_count(probability, num_sampled, num_tries, unique): Q of each word",
    right_when="one draw gives the probability either way, and no word of a unique sample is expected more "
    "than once",
    source="TensorFlow, Candidate Sampling Algorithms Reference; Jean et al. 2015, section 3.2",
    hints=(
        "With repeats the count of a word is a sum over the draws. What is the mean of each term?",
        "Without repeats a word is there once or not at all, so its expected count is a probability.",
        "A word is missing from a unique sample if none of the tries drew it, those that were thrown away "
        "included.",
        "With repeats num_sampled p; without, 1 - (1 - p)^num_tries.",
    ),
)


def examples() -> list[Example]:
    """The chapter's three candidates of five words after five tries, and the same with repeats."""
    probability = numpy.array([0.1605584217, 0.3868528072, 0.1245387872])
    return [
        Example((probability, 3, 5, True), numpy.array([0.5831763, 0.913339, 0.4857379])),
        Example((probability, 3, 3, False), numpy.array([0.4816753, 1.1605584, 0.3736164])),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Frequent and rare words; a unique sample takes more tries than it has words."""
    probability = numpy.exp(rng.uniform(-6.0, -0.7, size=int(rng.integers(4, 9))))
    num_sampled, unique = int(rng.integers(5, 20)), bool(rng.integers(2))
    return probability, num_sampled, num_sampled + unique * int(rng.integers(3, 30)), unique


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of both counts."""
    probability = rng.uniform(0.01, 0.9, size=5)
    for unique in (False, True):
        yield Identity("one draw gives the probability", answer(probability, 1, 1, unique), probability)
    share = rng.dirichlet(numpy.ones(6))
    total = numpy.sum(answer(share, 7, 7, False))
    yield Identity("with repeats the counts of all words sum to num_sampled", total, 7.0)
