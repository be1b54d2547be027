"""The gradient of the skip-gram's softmax."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The softmax over the vocabulary, with its gradients",
    chapter="negative_sampling",
    section="Minibatch Multiplication",
    kind="code",
    minutes=40,
    hand_in="softmax_gradient(v, context, u): the loss, its gradient by v and its gradient by u",
    right_when="finite differences agree, and the gradient by u adds up to zero over the words",
    source="Dive into Deep Learning, section 15.1.3.1; Stanford CS224n, the word2vec assignment",
    hints=(
        "Write the loss as ln(sum of exp(score)) - score of the context. Its derivative by each score is "
        "what?",
        "By score j it is p_j - y_j, where y is 1 for the context and 0 for every other word.",
        "A score is u_j . v: by the chain rule (p_j - y_j) goes to u_j times v, and to v times u_j.",
        "Subtract the largest score before exp. The probabilities stay the same, and nothing overflows.",
    ),
    atol=1e-5,
)


def examples() -> list[Example]:
    """Three words of equal score, so that each has probability 1/3; then scores of 800 and 801."""
    v, table = numpy.array([0.0, 1.0]), numpy.array([[1.0, 0.0], [-1.0, 0.0], [3.0, 0.0]])
    third = 1 / 3
    flat = (numpy.log(3.0), numpy.array([2.0, 0.0]), numpy.array([[0, third], [0, third - 1], [0, third]]))
    large = numpy.array([[801.0], [800.0]])
    p = 1 / (1 + numpy.exp(1.0))  # of the second
    steep = (-numpy.log(p), numpy.array([1 - p]), numpy.array([[1 - p], [p - 1]]))
    return [Example((v, 1, table), flat), Example((numpy.ones(1), 1, large), steep)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A centre, a context and the vectors of a small vocabulary."""
    num_words, size = int(rng.integers(5, 9)), int(rng.integers(3, 5))
    return rng.normal(size=size), int(rng.integers(num_words)), rng.normal(size=(num_words, size))


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the gradient."""
    v, context, table = inputs(rng)
    loss, by_v, by_table = _parts(answer(v, context, table))
    yield Identity(
        "the gradient by u adds up to zero over the words", by_table.sum(axis=0), numpy.zeros(v.size)
    )
    yield Identity("v . its gradient is the sum of u * its gradient", v @ by_v, (table * by_table).sum())
    step, direction = 1e-4, rng.normal(size=v.size)
    ends = [_loss(v + sign * step * direction, context, table) for sign in (1, -1)]
    slope = (ends[0] - ends[1]) / (2 * step)
    yield Identity("the loss moves along v as its gradient says", direction @ by_v, slope)
    shifted = _parts(answer(v, context, table + rng.normal(size=v.size)))[0]
    yield Identity("one vector added to all rows of u leaves the loss", shifted, loss)


def _loss(v: numpy.ndarray, context: int, u: numpy.ndarray) -> float:
    return float(numpy.logaddexp.reduce(u @ v) - u[context] @ v)


def _parts(value: object) -> tuple[numpy.ndarray, ...]:
    return tuple(numpy.asarray(part, dtype="float64") for part in value)
