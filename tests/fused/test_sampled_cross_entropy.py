"""The cross-entropy over target and candidates beside NumPy, position by position, and numeric gradients."""

from __future__ import annotations

import numpy
import pytest
from oracles.reference import numeric_gradient

from gluon_softmax.backend import autograd, np
from gluon_softmax.fused.sampled_cross_entropy import sampled_cross_entropy
from gluon_softmax.utils.types import Array, Context

N, S, D = 6, 4, 3
RNG = numpy.random.default_rng(11)
HIDDEN, ROWS, SHIFT = (
    RNG.normal(size=shape).astype(numpy.float32) for shape in ((N, D), (S + N, D), (S + N,))
)
OUT_GRAD = RNG.normal(size=N).astype(numpy.float32)
REMOVED = numpy.array([[0, 0, 0, 3, 5], [0, 2, 3, 1, 3]])  # of the first position all but one


def slow_loss(
    hidden: numpy.ndarray, rows: numpy.ndarray, shift: numpy.ndarray, removed: numpy.ndarray | None = None
) -> numpy.ndarray:
    left_out = set() if removed is None else set(zip(*numpy.asarray(removed).tolist()))
    losses = []
    for i, h in enumerate(numpy.asarray(hidden, dtype=numpy.float64)):
        words = [S + i] + [c for c in range(S) if (i, c) not in left_out]
        scores = numpy.array([numpy.dot(rows[w], h) + shift[w] for w in words])
        losses.append(numpy.log(numpy.exp(scores - scores.max()).sum()) + scores.max() - scores[0])
    return numpy.array(losses)


def device(array: numpy.ndarray, ctx: Context | None = None, grad_req: str = "write") -> Array:
    """On `ctx`, with a gradient unless `grad_req` is "null"."""
    on_device: Array = np.array(array, ctx=ctx)
    if grad_req != "null":
        on_device.attach_grad(grad_req)
    return on_device


def run(arrays: list[Array], out_grad: numpy.ndarray, removed: numpy.ndarray | None = None) -> numpy.ndarray:
    hidden, rows, shift = arrays
    with autograd.record():
        loss = sampled_cross_entropy(hidden, rows, shift, S, removed)
    loss.backward(np.array(out_grad, dtype="float32", ctx=hidden.ctx))
    return loss.asnumpy()


def slow_gradients(out_grad: numpy.ndarray, removed: numpy.ndarray | None = None) -> list[numpy.ndarray]:
    arrays = [HIDDEN, ROWS, SHIFT]

    def total(i: int, x: numpy.ndarray) -> float:
        hidden, rows, shift = (x if i == j else array for j, array in enumerate(arrays))
        return float(slow_loss(hidden, rows, shift, removed) @ out_grad)

    return [numeric_gradient(lambda x, i=i: total(i, x), array) for i, array in enumerate(arrays)]  # type: ignore[misc]


@pytest.mark.parametrize("removed", [None, REMOVED])
@pytest.mark.parametrize("out_grad", [numpy.ones(N), numpy.full(N, -0.3), OUT_GRAD])
def test_loss_and_gradients(
    removed: numpy.ndarray | None, out_grad: numpy.ndarray, contexts: list[Context]
) -> None:
    for ctx in contexts:
        arrays = [device(array, ctx) for array in (HIDDEN, ROWS, SHIFT)]
        loss = run(arrays, out_grad, removed)
        numpy.testing.assert_allclose(loss, slow_loss(HIDDEN, ROWS, SHIFT, removed), rtol=2e-5, atol=1e-6)
        for array, wanted in zip(arrays, slow_gradients(out_grad, removed)):
            numpy.testing.assert_allclose(array.grad.asnumpy(), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wanted", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)])
def test_arrays_that_want_no_gradient(wanted: tuple[int, ...]) -> None:
    arrays = [
        device(array, grad_req="write" if i in wanted else "null")
        for i, array in enumerate((HIDDEN, ROWS, SHIFT))
    ]
    run(arrays, OUT_GRAD, REMOVED)
    right = slow_gradients(OUT_GRAD, REMOVED)
    for i in wanted:
        numpy.testing.assert_allclose(arrays[i].grad.asnumpy(), right[i], rtol=1e-4, atol=1e-5)


def test_gradients_that_accumulate() -> None:
    """MXNet drops what a function's backward would add to a gradient."""
    hidden = device(HIDDEN, grad_req="add")
    for _ in range(3):
        run([hidden, device(ROWS), device(SHIFT)], OUT_GRAD)
    right = slow_gradients(OUT_GRAD)[0]
    numpy.testing.assert_allclose(hidden.grad.asnumpy(), 3 * right, rtol=1e-4, atol=3e-5)


def test_backward_twice() -> None:
    arrays = [device(array) for array in (HIDDEN, ROWS, SHIFT)]
    with autograd.record():
        loss = sampled_cross_entropy(arrays[0], arrays[1], arrays[2], S)
    for out_grad in (numpy.ones(N), OUT_GRAD, numpy.full(N, 2.0)):
        loss.backward(np.array(out_grad, dtype="float32"), retain_graph=True)
        for array, right in zip(arrays, slow_gradients(out_grad)):
            numpy.testing.assert_allclose(array.grad.asnumpy(), right, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("score", [1e4, -1e4])
def test_scores_of_ten_thousand(score: float) -> None:
    """No overflow, and the loss of a target whose share is no float any more is still right."""
    shift = numpy.zeros(S + N)
    shift[S:] = score
    arrays = [device(array) for array in (HIDDEN, ROWS, shift.astype(numpy.float32))]
    loss = run(arrays, numpy.ones(N), REMOVED)
    numpy.testing.assert_allclose(loss, slow_loss(HIDDEN, ROWS, shift, REMOVED), rtol=1e-6, atol=2e-6)
    assert all(numpy.isfinite(array.grad.asnumpy()).all() for array in arrays)
    moved = arrays[2].grad.asnumpy()[S:]
    numpy.testing.assert_allclose(moved, 0 if score > 0 else -1, atol=3e-6)


def test_without_recording_there_is_no_gradient() -> None:
    arrays = [device(array) for array in (HIDDEN, ROWS, SHIFT)]
    loss = sampled_cross_entropy(arrays[0], arrays[1], arrays[2], S).asnumpy()
    numpy.testing.assert_allclose(loss, slow_loss(HIDDEN, ROWS, SHIFT), rtol=2e-5, atol=1e-6)
    assert not any(array.grad.asnumpy().any() for array in arrays)
