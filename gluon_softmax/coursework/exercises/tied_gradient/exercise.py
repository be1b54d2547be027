"""The gradient of a table that is used twice."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The gradient of a table that is used twice",
    chapter="sampled_softmax",
    section="The Language Model",
    kind="derive",
    minutes=35,
    hand_in="tied_gradient(weight, inputs, target): the gradient of the summed loss by the shared table",
    right_when="it agrees with finite differences of the loss, in which every use of the table moves",
    source="Press and Wolf 2017, Using the Output Embedding to Improve Language Models; Inan et al. 2017",
    hints=(
        "Give the two uses a table each, E for the inputs and W for the outputs. What are both gradients?",
        "W: (softmax - one-hot) times the hidden vector, for every word. E: W transposed times (softmax - "
        "one-hot), in the input's row.",
        "If E and W are one table, a change of it changes both: the chain rule adds.",
        "Two positions may have the same input: numpy.add.at adds to a row twice, `g[inputs] += x` once.",
    ),
)


def examples() -> list[Example]:
    """Two words with opposite numbers; the input 0 comes twice."""
    weight = numpy.array([[1.0], [-1.0]])
    inputs, target = numpy.array([0, 0]), numpy.array([1, 0])
    # h = 1, scores 1 and -1, softmax (s, 1 - s), s = sigmoid(2). Summed softmax - one-hot: (2s - 1, 1 - 2s).
    difference = 2 / (1 + numpy.exp(-2.0)) - 1
    value = numpy.array([[difference + 2 * difference], [-difference]])
    return [Example((weight, inputs, target), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Repeated inputs, an input that is a target, words that are neither."""
    vocab_size, in_units, num_rows = int(rng.integers(6, 10)), int(rng.integers(2, 5)), 6
    ids = rng.integers(vocab_size, size=num_rows)
    ids[1] = ids[2] = ids[0]
    target = rng.integers(vocab_size, size=num_rows)
    target[3] = ids[0]
    return rng.normal(size=(vocab_size, in_units)), ids, target


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """The gradient beside finite differences, along random directions."""
    weight, ids, target = (numpy.asarray(value) for value in inputs(rng))
    gradient = numpy.asarray(answer(weight, ids, target))
    for _ in range(2):
        direction = rng.normal(size=weight.shape)
        step = 1e-5
        rise = _loss(weight + step * direction, ids, target) - _loss(weight - step * direction, ids, target)
        law = "finite differences of the loss"
        yield Identity(law, numpy.sum(gradient * direction), rise / (2 * step))


def _loss(weight: numpy.ndarray, ids: numpy.ndarray, target: numpy.ndarray) -> float:
    scores = weight[ids] @ weight.T
    return float(numpy.sum(numpy.logaddexp.reduce(scores, axis=1) - scores[numpy.arange(len(ids)), target]))
