"""Noise-contrastive estimation, with a partition constant."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Noise-contrastive estimation, with a partition constant",
    chapter="sampled_softmax",
    section="Noise-Contrastive Estimation",
    kind="derive",
    minutes=35,
    hand_in="nce_loss(scores, target, candidates, noise, log_partition): one loss per position",
    right_when="a word whose probability is its expected count among the noise costs ln 2, data or noise",
    source="Mnih and Teh 2012, A fast and simple algorithm for training neural probabilistic language "
    "models, section 3.1; Gutmann and Hyvarinen 2010",
    hints=(
        "A word comes from the data with probability p(w), or is one of S words from the noise q(w). By "
        "Bayes, with which probability is it data?",
        "p / (p + S q) is a sigmoid of ln p - ln(S q).",
        "The model's ln p is score - log_partition: the constant takes the place of a sum over all words.",
        "softplus(-x(target)) plus the sum over candidates of softplus(x), x = score - log_partition - "
        "ln(S q); candidates that are the target stay.",
    ),
)


def examples() -> list[Example]:
    """Two words, noise of a half each: the score is 0 after the correction if Z = 1 and p = S q = 1."""
    scores, noise = numpy.zeros((1, 2)), numpy.array([0.5, 0.5])
    target, candidates = numpy.array([0]), numpy.array([1, 0])
    arguments = (scores, target, candidates, noise, 0.0)
    other = (scores, target, candidates, noise, numpy.log(2.0))
    # With Z = 2 every x is -ln 2: softplus(ln 2) = ln 3 for the target, softplus(-ln 2) = ln 3/2 for each.
    return [
        Example(arguments, numpy.array([3 * numpy.log(2.0)])),
        Example(other, numpy.array([numpy.log(3.0) + 2 * numpy.log(1.5)])),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A target that is noise too, and a partition constant that is not 0."""
    vocab_size, num_rows, num_sampled = int(rng.integers(8, 14)), 4, int(rng.integers(5, 9))
    target, candidates = rng.integers(vocab_size, size=num_rows), rng.integers(vocab_size, size=num_sampled)
    candidates[int(rng.integers(num_sampled))] = target[0]
    noise = rng.dirichlet(numpy.full(vocab_size, 3.0)) * 0.9 + 0.1 / vocab_size
    log_partition = float(rng.uniform(0.5, 2.5))
    return rng.normal(scale=1.5, size=(num_rows, vocab_size)), target, candidates, noise, log_partition


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the loss."""
    scores, target, candidates, noise, log_partition = inputs(rng)
    once = answer(scores, target, candidates, noise, log_partition)
    raised = answer(scores + 3.0, target, candidates, noise, log_partition + 3.0)
    yield Identity("scores and log_partition raised by the same change nothing", raised, once)
    even = numpy.tile(numpy.log(len(candidates) * noise) + log_partition, (len(target), 1))
    law = "where data and noise are equally likely each of the 1 + S terms is ln 2"
    want = numpy.full(len(target), (1 + len(candidates)) * numpy.log(2.0))
    yield Identity(law, answer(even, target, candidates, noise, log_partition), want)
    large = numpy.full((1, 2), 900.0)
    got = answer(large, numpy.array([0]), numpy.array([1]), numpy.array([0.5, 0.5]), 0.0)
    yield Identity("large scores do not overflow", got, numpy.array([900.0 + numpy.log(2.0)]))
