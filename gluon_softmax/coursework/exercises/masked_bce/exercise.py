"""The masked binary cross-entropy."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The masked binary cross-entropy",
    chapter="negative_sampling",
    section="The Masked Binary Cross-Entropy",
    kind="code",
    minutes=20,
    hand_in="masked_bce(pred, label, mask): the loss of each example",
    right_when="padding changes nothing, and a score of 0 costs ln 2 whatever its label",
    source="Dive into Deep Learning, section 15.4.2.1",
    hints=(
        "Write the loss of one score first: -ln sigmoid(x) if its label is 1, -ln sigmoid(-x) if it is 0.",
        "Multiply by the mask before the sum over a row.",
        "How many terms does a row really have? Divide by that number, and not by the row's length.",
        "For x = 500 exp(x) is inf. ln(1 + exp(-|x|)) never is: numpy.logaddexp(0, -x) is -ln sigmoid(x).",
    ),
)


def examples() -> list[Example]:
    """The chapter's two rows: the same scores, other labels and masks, both with padding."""
    pred = numpy.array([[1.1, -2.2, 3.3, -4.4, 2.5]] * 2)
    label = numpy.array([[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]])
    mask = numpy.array([[1.0, 1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0, 0.0]])
    return [Example((pred, label, mask), numpy.array([0.935210, 1.846209]))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Rows with padding, whose padded scores and labels are not zero."""
    num_rows, length = int(rng.integers(3, 6)), int(rng.integers(5, 9))
    pred = rng.normal(scale=2.0, size=(num_rows, length))
    label = rng.integers(2, size=(num_rows, length)).astype("float64")
    label[:, :2] = [1.0, 0.0]
    mask = (numpy.arange(length) < rng.integers(2, length, size=(num_rows, 1))).astype("float64")
    return pred, label, mask


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the loss."""
    pred, label, mask = (numpy.asarray(value) for value in inputs(rng))
    wider = numpy.concatenate([pred, rng.normal(size=(len(pred), 3))], axis=1)
    ones, zeros = numpy.ones((len(pred), 3)), numpy.zeros((len(pred), 3))
    padded = answer(wider, numpy.concatenate([label, ones], 1), numpy.concatenate([mask, zeros], 1))
    yield Identity("padding changes nothing", padded, answer(pred, label, mask))
    flat = answer(numpy.zeros_like(pred), label, mask)
    yield Identity("a score of 0 costs ln 2", flat, numpy.full(len(pred), numpy.log(2.0)))
    large = answer(numpy.full((1, 2), 800.0), numpy.array([[0.0, 1.0]]), numpy.ones((1, 2)))
    yield Identity("large scores do not overflow", large, numpy.array([400.0]))
