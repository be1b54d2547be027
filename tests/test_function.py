"""What a function keeps for its backward is gone with the graph, without Python's collector."""

from __future__ import annotations

import gc
import time
from typing import Any, Iterator

import pytest

from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.function import Function


class Square(Function):
    def forward(self, x: Any) -> Any:
        self.kept = x
        return x * x

    def backward(self, out_grad: Any) -> Any:
        return 2 * self.kept.as_nd_ndarray() * out_grad


def forgets(function: Function) -> bool:
    """The engine may hold the graph for a moment after its last step."""
    deadline = time.monotonic() + 5
    while vars(function) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not vars(function)


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_after_the_backward() -> None:
    x, square = np.array([1.0, -3.0]), Square()
    x.attach_grad()
    with autograd.record():
        y = square(x)
    assert y.tolist() == [1, 9] and hasattr(square, "kept")
    y.backward()
    mx.nd.waitall()
    assert x.grad.tolist() == [2, -6]
    del y
    assert forgets(square)


def test_a_graph_that_is_kept() -> None:
    x, square = np.array([2.0]), Square()
    x.attach_grad()
    with autograd.record():
        y = square(x)
    for _ in range(2):
        y.backward(retain_graph=True)
        mx.nd.waitall()
        assert x.grad.tolist() == [4] and hasattr(square, "kept")
    del y
    assert forgets(square)


def test_a_graph_without_backward_and_a_call_without_graph() -> None:
    x, square, plain = np.array([2.0]), Square(), Square()
    x.attach_grad()
    with autograd.record():
        y = square(x)
    assert plain(x).tolist() == [4] and hasattr(plain, "kept")
    del y
    assert forgets(square)
