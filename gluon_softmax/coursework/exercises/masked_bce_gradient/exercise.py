"""The gradient of the masked binary cross-entropy."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The gradient of the masked binary cross-entropy",
    chapter="negative_sampling",
    section="The Masked Binary Cross-Entropy",
    kind="derive",
    minutes=25,
    hand_in="masked_bce_gradient(pred, label, mask): the gradient with respect to each score",
    right_when="it is what finite differences of the loss give, also at a score of 0",
    source="Dive into Deep Learning, section 15.4.2.1; word2vec.c",
    hints=(
        "The loss of one score is ln(1 + exp(x)) - x y. Differentiate it with respect to x.",
        "exp(x) / (1 + exp(x)) is sigmoid(x), and nothing else remains of the first term.",
        "A row's loss is a mean over its real positions, so each of its scores has a part of 1 / n.",
        "For x = 800 exp(x) is inf, and inf / inf is no number. 1 / (1 + exp(-x)) is right for x >= 0.",
    ),
)


def examples() -> list[Example]:
    """The chapter's row of four real positions, and a row of zeros, where sigmoid is 1/2."""
    pred = numpy.array([[1.1, -2.2, 3.3, -4.4], [0.0, 0.0, 0.0, 0.0]])
    label = numpy.array([[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]])
    mask = numpy.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
    first = [-0.062435, 0.024938, 0.241107, 0.003032]
    return [Example((pred, label, mask), numpy.array([first, [-0.25, 0.25, 0.0, 0.0]]))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Rows with padding; scores of 0 and very large ones among them."""
    num_rows, length = int(rng.integers(3, 6)), int(rng.integers(5, 9))
    pred = rng.normal(scale=2.0, size=(num_rows, length))
    label = rng.integers(2, size=(num_rows, length)).astype("float64")
    label[:, :2] = [1.0, 0.0]
    pred[0, :2], pred[1, :2] = 0.0, [-800.0, 800.0]
    mask = (numpy.arange(length) < rng.integers(2, length, size=(num_rows, 1))).astype("float64")
    mask[0, 2:] = 0.0
    return pred, label, mask


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the gradient."""
    pred, label, mask = (numpy.asarray(value) for value in inputs(rng))
    pred[1, :2] = [0.5, 0.0]
    step, differences = 1e-5, numpy.zeros_like(pred)
    for index in numpy.ndindex(*pred.shape):
        moved = numpy.zeros_like(pred)
        moved[index] = step
        differences[index] = _loss(pred + moved, label, mask) - _loss(pred - moved, label, mask)
    differences /= 2 * step
    yield Identity("it is what finite differences give", answer(pred, label, mask), differences)
    wider = (numpy.pad(array, ((0, 0), (0, 2))) for array in (pred, label, mask))
    padded = numpy.pad(differences, ((0, 0), (0, 2)))
    yield Identity("more padding changes nothing", answer(*wider), padded)


def _loss(pred: numpy.ndarray, label: numpy.ndarray, mask: numpy.ndarray) -> float:
    """The sum over the rows of the mean loss of each."""
    terms = mask * (numpy.logaddexp(0.0, pred) - pred * label)
    return float((terms.sum(axis=1) / mask.sum(axis=1)).sum())
