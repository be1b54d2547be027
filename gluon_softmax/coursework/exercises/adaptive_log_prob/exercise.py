"""All log-probabilities of adaptive softmax."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="All log-probabilities of adaptive softmax",
    chapter="adaptive_softmax",
    section="Two Softmaxes",
    kind="code",
    minutes=25,
    hand_in="adaptive_log_prob(head_scores, tail_scores): the log-probability of every word",
    right_when="the exponentials of a row sum to one",
    source="Grave et al. 2017, Efficient softmax approximation for GPUs, section 4",
    hints=(
        "How many columns has the result? The slots are no words.",
        "Take the log-softmax of the head with its slots first; its first columns are final.",
        "A slot's column is the log-probability of a whole tail: it is shared out among the tail's words.",
        "Columns of tail i: the slot's column [:, c_0 + i], with an axis more, plus log_softmax of the tail.",
    ),
)


def examples() -> list[Example]:
    """Two words, a tail of three and one of two; the exponentials of the scores are whole numbers."""
    head = numpy.log([[1.0, 2.0, 3.0, 4.0]])
    tails = (numpy.log([[1.0, 2.0, 2.0]]), numpy.log([[1.0, 3.0]]))
    return [Example((head, tails), numpy.log([[0.1, 0.2, 0.06, 0.12, 0.12, 0.1, 0.3]]))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """As many positions as the first tail has words, where a missing axis raises no error."""
    sizes, num_tails = rng.integers(3, 7, size=4), int(rng.integers(2, 4))
    num_rows = int(sizes[1])
    tails = tuple(rng.normal(scale=2.0, size=(num_rows, sizes[1 + i])) for i in range(num_tails))
    return rng.normal(scale=2.0, size=(num_rows, sizes[0] + num_tails)), tails


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of probabilities."""
    head, tails = inputs(rng)
    log_prob = numpy.asarray(answer(head, tails))
    yield Identity("probabilities sum to one", numpy.exp(log_prob).sum(axis=1), numpy.ones(len(head)))
    raised = answer(head + 900.0, tuple(tail - 900.0 for tail in tails))
    yield Identity("a constant added to a softmax changes nothing", raised, log_prob)
