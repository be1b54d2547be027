"""Arrays beside the engine: unordered views, legacy arrays, zeros that depend on an empty array."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax.backend import autograd, mx, nd, np, npx
from gluon_softmax.backend.arrays import address_of, as_array_like, as_ids, unordered_view, zeros_after


def test_an_unordered_view_is_the_same_memory_and_keeps_it() -> None:
    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    array.wait_to_read()
    view = unordered_view(array)
    assert type(view) is nd.NDArray and view.shape == array.shape and address_of(view) == address_of(array)
    array[:] = 7
    array.wait_to_read()
    assert (view.asnumpy() == 7).all()
    del array
    np.zeros((2, 2)).wait_to_read()
    assert (view.asnumpy() == 7).all()


def test_an_unordered_view_is_read_while_a_write_to_the_array_waits() -> None:
    array = np.ones((2,))
    array.wait_to_read()
    slow = np.ones((1 << 22,))
    slow.wait_to_read()
    for _ in range(10):
        slow = np.tanh(
            slow
        )  # not a product: OpenBLAS, asked by several threads, may wait for itself for ever
    array += slow[:2] * 0 + 1  # in line behind all of these
    early = (unordered_view(array) * 2).asnumpy()
    assert early.tolist() == [2, 2]
    assert array.asnumpy().tolist() == [2, 2]


@pytest.mark.parametrize("given", [
    [1, 2], (1, 2), numpy.array([1, 2]), np.array([1, 2], dtype="int64"), mx.nd.array([1, 2]),
])  # fmt: skip
def test_numbers_become_like_an_array(given: Any) -> None:
    for like in (np.zeros((3,)), np.zeros((3,), dtype="float64", ctx=mx.cpu(1))):
        array = as_array_like(like, given, "given")
        assert type(array) is np.ndarray and array.dtype == like.dtype and array.ctx == like.ctx
        assert array.asnumpy().tolist() == [1, 2]


def test_an_array_that_is_like_another_already_keeps_its_gradient() -> None:
    weight = np.array([1.0, 2.0], dtype="float64")
    weight.attach_grad()
    with autograd.record():
        total = (as_array_like(np.zeros((2,)), weight, "weight") * 3).sum()
    total.backward()
    assert weight.grad.asnumpy().tolist() == [3, 3]


def test_legacy_ids_are_taken() -> None:
    ids = as_ids(mx.nd.array([1, 2], dtype="int32"))
    assert type(ids) is np.ndarray and ids.dtype == numpy.int32 and ids.asnumpy().tolist() == [1, 2]


@pytest.mark.parametrize("before, shape", [((0, 3), (1, 3)), ((0,), (2,)), ((4, 0), (4,)), ((0, 3), (0,))])
def test_zeros_after_an_empty_array_lead_back_to_it(before: tuple[int, ...], shape: tuple[int, ...]) -> None:
    weight = np.ones((5, 3))
    weight.attach_grad()
    with autograd.record():
        nothing = npx.embedding(np.zeros((0,), dtype="int32"), weight, input_dim=5, output_dim=3)
        nothing = nothing.reshape(before)  # (the backward of np.take writes no zeros)
        zeros = zeros_after(nothing, shape)
    assert zeros.shape == shape and not zeros.asnumpy().any()
    weight.grad[:] = 7
    zeros.backward()
    assert not weight.grad.asnumpy().any()
