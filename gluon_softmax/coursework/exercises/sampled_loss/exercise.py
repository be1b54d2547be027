"""The loss of sampled softmax."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The loss of sampled softmax",
    chapter="sampled_softmax",
    section="The Loss",
    kind="code",
    minutes=30,
    hand_in="sampled_loss(hidden, target, weight, bias, candidates, expected): one loss per position",
    right_when="with every word once among the candidates, each with Q = 1, it is the full softmax",
    source="Jean et al. 2015, On Using Very Large Target Vocabulary, section 3.2",
    hints=(
        "Score only what is needed: the row of the target, and the rows of the candidates.",
        "Lower each score by ln Q of its word, the target's too.",
        "Leave out candidates that are the target; then the sum over the rest has the target exactly once.",
        "-x[0] + logsumexp(x), where x[0] is the target's corrected score; numpy.logaddexp.reduce is safe.",
    ),
)


def examples() -> list[Example]:
    """The chapter's five words, its hidden vector and its candidates, after five tries."""
    weight = numpy.array([[0.1, 0.4], [-0.3, 0.2], [0.5, -0.1], [0.2, 0.2], [-0.4, 0.6]])
    expected = numpy.array([0.913339, 0.7227454, 0.5831763, 0.4857379, 0.4152468])
    hidden, candidates = numpy.array([[1.0, -0.5]] * 2), numpy.array([2, 0, 3])
    arguments = (hidden, numpy.array([1, 0]), weight, numpy.zeros(5), candidates, expected)
    return [Example(arguments, numpy.array([2.044578, 1.840015]))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Two targets are among the candidates, one of them twice; counts above and below 1."""
    vocab_size, in_units, num_rows = int(rng.integers(12, 20)), 4, 5
    target = rng.permutation(vocab_size)[:num_rows]
    candidates = rng.permutation(numpy.append(rng.integers(vocab_size, size=6), target[[0, 1, 1]]))
    return (
        rng.normal(size=(num_rows, in_units)),
        target,
        rng.normal(size=(vocab_size, in_units)),
        rng.normal(size=vocab_size),
        candidates,
        numpy.exp(rng.uniform(-4.0, 1.0, size=vocab_size)),
    )


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the loss."""
    hidden, target, weight, bias, _, expected = (numpy.asarray(value) for value in inputs(rng))
    every = rng.permutation(len(weight))
    scores = hidden @ weight.T + bias
    full = numpy.logaddexp.reduce(scores, axis=1) - scores[numpy.arange(len(target)), target]
    ones = numpy.ones(len(weight))
    law = "every word sampled is the full softmax"
    yield Identity(law, answer(hidden, target, weight, bias, every, ones), full)
    candidates = rng.integers(len(weight), size=8)
    once = answer(hidden, target, weight, bias, candidates, expected)
    raised = answer(hidden, target, weight, bias + 900.0, candidates, expected)
    yield Identity("raising all scores by 900 changes nothing", raised, once)
