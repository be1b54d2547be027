"""Products and transposes of groups of matrices beside NumPy's, compiled or not."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax.backend import autograd, nn, np
from gluon_softmax.backend.ops import grouped_matmul, grouped_transpose
from gluon_softmax.utils.types import Array, Namespace

N, P, Q, R = 3, 5, 4, 7
RNG = numpy.random.default_rng(4)
LEFT = RNG.normal(size=(N, P, Q)).astype(numpy.float32)
RIGHT = RNG.normal(size=(N, Q, R)).astype(numpy.float32)


def product(F: Namespace, left: Array, right: Array) -> Array:
    return grouped_matmul(F, left, right, N, N * P)


@pytest.mark.parametrize("train_mode", [False, True])
@pytest.mark.parametrize("hybridize", [False, True])
def test_each_group_has_its_own_product(hybridize: bool, train_mode: bool, contexts: Any) -> None:
    graph = nn.HybridLambda(product)
    graph.hybridize(hybridize, static_alloc=True)
    for ctx in contexts:
        left = np.array(LEFT.reshape(N * P, Q, 1, 1), ctx=ctx)
        right = np.array(RIGHT.reshape(1, N * Q, 1, R), ctx=ctx)
        with autograd.train_mode() if train_mode else autograd.predict_mode():
            found = graph(left, right)
        assert found.shape == (1, N * P, 1, R)
        numpy.testing.assert_allclose(found.asnumpy().reshape(N, P, R), LEFT @ RIGHT, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("hybridize", [False, True])
def test_each_group_is_transposed(hybridize: bool, contexts: Any) -> None:
    graph = nn.HybridLambda(grouped_transpose)
    graph.hybridize(hybridize, static_alloc=True)
    for ctx in contexts:
        found = graph(np.array(LEFT, ctx=ctx)).asnumpy()
        numpy.testing.assert_array_equal(found, LEFT.transpose(0, 2, 1))
