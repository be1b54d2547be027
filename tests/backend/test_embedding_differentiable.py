"""Tables with row-sparse gradients where every row is used: the gradient is that of this backward alone."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax.backend import autograd, np
from gluon_softmax.backend.embedding import Embedding, differentiable, rows_of

IDS = numpy.array([1, 3])


def made(sparse_grad: bool, num_rows: int) -> Any:
    table = Embedding(num_rows, 2, sparse_grad, weight_initializer="ones")
    table.initialize()
    return table.weight


def use_all(weight: Any, factor: float) -> None:
    """A backward whose gradient is `factor` in every row."""
    ctx = weight.list_ctx()[0]
    with autograd.record():
        (rows,) = differentiable([weight.data(ctx)], [weight], ctx)
        total = (rows * factor).sum()
    total.backward()


def use_some(weight: Any, factor: float) -> None:
    """A backward whose gradient is `factor` in the rows at `IDS`."""
    with autograd.record():
        total = (rows_of(weight, IDS, weight.list_ctx()[0]) * factor).sum()
    total.backward()


def gradient(weight: Any) -> numpy.ndarray:
    found = weight.grad()
    return (found if found.stype == "default" else found.tostype("default")).asnumpy()[:, 0]


@pytest.mark.parametrize("num_rows", [5, 500])  # rows of the second are copied
@pytest.mark.parametrize("order", ["all", "some", "all some", "some all", "all some all", "some all some"])
def test_the_last_backward_decides_the_gradient(order: str, num_rows: int) -> None:
    found = []
    for sparse_grad in (False, True):
        weight = made(sparse_grad, num_rows)
        for factor, use in enumerate(order.split(), start=1):
            (use_all if use == "all" else use_some)(weight, factor)
        found.append(gradient(weight))
    numpy.testing.assert_array_equal(*found)


def test_outside_of_record_and_of_dense_or_frozen_tables_arrays_stay_themselves() -> None:
    sparse, dense = made(True, 5), made(False, 5)
    frozen = made(True, 5)
    frozen.grad_req = "null"
    tables = [sparse, dense, frozen]
    arrays = [table.data() for table in tables]
    assert all(a is b for a, b in zip(arrays, differentiable(arrays, tables, sparse.list_ctx()[0])))
    other = np.ones((2,))
    with autograd.record():
        inputs = differentiable([*arrays, other], tables, sparse.list_ctx()[0])
    assert [a is b for a, b in zip([*arrays, other], inputs)] == [False, True, True, True]
