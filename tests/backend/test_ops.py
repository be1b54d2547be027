"""Functions as blocks: the same values and gradients compiled or not, however often they are called."""

from __future__ import annotations

from typing import Callable

import numpy
import pytest
from oracles.reference import sigmoid, softplus

from gluon_softmax.backend import autograd, nd, nn, np
from gluon_softmax.backend.ops import fully_connected_backward, row_dot
from gluon_softmax.backend.ops import softplus as graph_softplus
from gluon_softmax.utils.types import Array, Context

RNG = numpy.random.default_rng(3)
X = RNG.normal(size=(5, 4)).astype(numpy.float32)
ROWS = RNG.normal(size=(5, 3, 4)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=(5, 3)).astype(numpy.float32)


def make(function: Callable[..., Array], hybridize: bool) -> nn.HybridLambda:
    graph = nn.HybridLambda(function)
    if hybridize:
        graph.hybridize(static_alloc=True)
    return graph


@pytest.mark.parametrize("hybridize", [False, True])
def test_softplus(hybridize: bool, contexts: list[Context]) -> None:
    x = numpy.array([-1e4, -90, -20, -1, -1e-3, 0, 1e-3, 1, 20, 90, 1e4], dtype=numpy.float32)
    graph = make(graph_softplus, hybridize)
    for ctx in contexts:
        scores = np.array(x, ctx=ctx)
        scores.attach_grad()
        with autograd.record():
            y = graph(scores)
        y.backward()
        numpy.testing.assert_allclose(y.asnumpy(), softplus(x), rtol=1e-5, atol=5e-6)
        with numpy.errstate(over="ignore"):
            numpy.testing.assert_allclose(scores.grad.asnumpy(), sigmoid(x), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("hybridize", [False, True])
def test_row_dot(hybridize: bool, contexts: list[Context]) -> None:
    graph = make(row_dot, hybridize)
    for ctx in contexts:
        x, rows = np.array(X, ctx=ctx), np.array(ROWS, ctx=ctx)
        for array in (x, rows):
            array.attach_grad()
        with autograd.record():
            y = graph(x, rows)
        y.backward(np.array(OUT_GRAD, ctx=ctx))
        numpy.testing.assert_allclose(y.asnumpy(), (ROWS * X[:, None]).sum(axis=2), rtol=1e-4, atol=1e-6)
        wanted = (ROWS * OUT_GRAD[:, :, None]).sum(axis=1)
        numpy.testing.assert_allclose(x.grad.asnumpy(), wanted, rtol=1e-4, atol=1e-6)
        wanted = X[:, None] * OUT_GRAD[:, :, None]
        numpy.testing.assert_allclose(rows.grad.asnumpy(), wanted, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("hybridize", [False, True])
def test_two_calls_before_one_backward_do_not_share_their_memory(hybridize: bool) -> None:
    graph = make(row_dot, hybridize)
    x, rows = np.array(X), np.array(ROWS)
    x.attach_grad()
    with autograd.record():
        first, second = graph(x, rows), graph(2 * x, rows)
    autograd.backward([first, second], [np.array(OUT_GRAD), np.array(OUT_GRAD)])
    numpy.testing.assert_allclose(second.asnumpy(), 2 * first.asnumpy(), rtol=1e-6)
    wanted = 3 * (ROWS * OUT_GRAD[:, :, None]).sum(axis=1)
    numpy.testing.assert_allclose(x.grad.asnumpy(), wanted, rtol=1e-4, atol=1e-6)


def test_a_graph_has_a_name_and_no_parameters() -> None:
    graph = nn.HybridLambda(row_dot)
    assert repr(graph) == "HybridLambda(row_dot)"
    assert not list(graph.collect_params().keys())


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 4, 3), (300, 70, 33)])
def test_the_backward_of_a_product_is_that_of_a_recorded_one(shape: tuple[int, int, int]) -> None:
    num_rows, num_classes, width = shape
    sizes = [(num_rows, num_classes), (num_rows, width), (num_classes, width), (num_classes,)]
    slopes, x, weight, bias = (nd.array(RNG.normal(size=size)) for size in sizes)
    for array in (x, weight, bias):
        array.attach_grad()
    with autograd.record():
        scores = nd.FullyConnected(x, weight, bias, num_hidden=num_classes)
    scores.backward(slopes)
    found = fully_connected_backward(slopes, x, weight)
    for gradient, array in zip(found, (x, weight, bias)):
        numpy.testing.assert_array_equal(gradient.asnumpy(), array.grad.asnumpy())
