"""The masked loss beside the book's figures, the book's own expression, and NumPy."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.reference import sigmoid, softplus

from gluon_softmax import masked_bce
from gluon_softmax.backend import autograd, gluon, np

PRED = numpy.array([[1.1, -2.2, 3.3, -4.4]] * 2, dtype=numpy.float32)
LABEL = numpy.array([[1, 0, 0, 0], [0, 1, 0, 0]], dtype=numpy.float32)
MASK = numpy.array([[1, 1, 1, 1], [1, 1, 0, 0]], dtype=numpy.float32)


def book_loss(pred: Any, label: Any, mask: Any) -> Any:
    """The book, section "Pretraining word2vec": MXNet's mean over all L, times L, over the mask."""
    loss = gluon.loss.SigmoidBCELoss()(pred, label, mask)
    return loss * mask.shape[1] / mask.sum(axis=1)


def draw(seed: int, rows: int = 7, width: int = 12) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Scores, labels and masks that leave no row empty."""
    rng = numpy.random.default_rng(seed)
    pred = rng.normal(scale=5, size=(rows, width)).astype(numpy.float32)
    label = (rng.random((rows, width)) < 0.3).astype(numpy.float32)
    mask = (numpy.arange(width) < rng.integers(1, width + 1, rows)[:, None]).astype(numpy.float32)
    return pred, label, mask


def test_the_books_example() -> None:
    loss = masked_bce(np.array(PRED), np.array(LABEL), np.array(MASK))
    assert [f"{float(x):.4f}" for x in loss] == ["0.9352", "1.8462"]
    by_hand = [numpy.mean(softplus([-1.1, -2.2, 3.3, -4.4])), numpy.mean(softplus([1.1, 2.2]))]
    numpy.testing.assert_allclose(loss.asnumpy(), by_hand, rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_equals_the_books_expression_and_its_gradient(seed: int) -> None:
    pred, label, mask = map(np.array, draw(seed))
    losses, gradients = [], []
    for loss_of in (masked_bce, book_loss):
        pred.attach_grad()
        with autograd.record():
            loss = loss_of(pred, label, mask)
        loss.backward()
        losses.append(loss.asnumpy())
        gradients.append(pred.grad.asnumpy())
    numpy.testing.assert_allclose(losses[0], losses[1], rtol=1e-6, atol=1e-6)
    numpy.testing.assert_allclose(gradients[0], gradients[1], rtol=1e-5, atol=1e-6)


def test_equals_numpy_on_every_context(contexts: Any) -> None:
    pred, label, mask = draw(9)
    wanted = ((softplus(pred) - pred * label) * mask).sum(axis=1) / mask.sum(axis=1)
    wanted_gradient = (sigmoid(pred) - label) * mask / mask.sum(axis=1, keepdims=True)
    for ctx in contexts:
        scores = np.array(pred, ctx=ctx)
        scores.attach_grad()
        with autograd.record():
            loss = masked_bce(scores, np.array(label, ctx=ctx), np.array(mask, ctx=ctx))
        loss.backward()
        assert loss.ctx == ctx
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_allclose(scores.grad.asnumpy(), wanted_gradient, rtol=1e-5, atol=1e-6)


def test_host_labels_integers_and_the_shape_of_batch_dot() -> None:
    pred, label, mask = draw(2)
    wanted = masked_bce(np.array(pred), np.array(label), np.array(mask)).asnumpy()
    middle = masked_bce(np.array(pred[:, None]), label.astype(numpy.int64), mask.astype(bool))
    numpy.testing.assert_array_equal(middle.asnumpy(), wanted)
    whole = masked_bce(np.array(pred), np.array(label, dtype="int32"), np.array(mask, dtype="bool"))
    numpy.testing.assert_array_equal(whole.asnumpy(), wanted)


def test_a_row_without_mask_costs_nothing() -> None:
    pred, label, mask = draw(3)
    mask[2] = 0
    scores = np.array(pred)
    scores.attach_grad()
    with autograd.record():
        loss = masked_bce(scores, np.array(label), np.array(mask))
    loss.backward()
    assert float(loss[2]) == 0.0 and abs(scores.grad[2]).max() == 0.0
    others = numpy.arange(len(pred)) != 2
    wanted = book_loss(*(np.array(x[others]) for x in (pred, label, mask))).asnumpy()
    numpy.testing.assert_allclose(loss.asnumpy()[others], wanted, rtol=1e-6, atol=1e-6)
    assert (scores.grad.asnumpy()[mask == 0] == 0).all() and abs(scores.grad.asnumpy()[mask == 1]).min() > 0


def test_gradient_where_the_score_is_zero() -> None:
    """Gluon's own SigmoidBCELoss gives -label there: vectors of zero would learn from no noise word."""
    scores = np.zeros((1, 2))
    scores.attach_grad()
    with autograd.record():
        loss = masked_bce(scores, np.array([[1, 0]]), np.ones((1, 2)))
    loss.backward()
    numpy.testing.assert_allclose(scores.grad.asnumpy(), [[-0.25, 0.25]], rtol=1e-6)


def test_scores_far_from_zero() -> None:
    scores = np.array([[1e4, -1e4, 1e4, -1e4, 0.0]])
    scores.attach_grad()
    label = np.array([[1, 0, 0, 1, 1]])
    with autograd.record():
        loss = masked_bce(scores, label, np.ones((1, 5)))
    loss.backward()
    numpy.testing.assert_allclose(loss.asnumpy(), [(2e4 + numpy.log(2)) / 5], rtol=1e-6)
    numpy.testing.assert_allclose(scores.grad.asnumpy(), [[0, 0, 0.2, -0.2, -0.1]], atol=1e-7)


@pytest.mark.parametrize("name, shapes", [
    ("label", ((2, 4), (2, 3), (2, 4))),
    ("label", ((2, 4), (4,), (2, 4))),
    ("label", ((2, 2, 4), (2, 4), (2, 4))),
    ("mask", ((2, 4), (2, 4), (1, 4))),
    ("mask", ((2, 1, 4), (2, 4), (2, 1, 4))),
])  # fmt: skip
def test_sizes_that_differ_are_named(name: str, shapes: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} takes the sizes of pred"):
        masked_bce(*(np.zeros(shape) for shape in shapes))
