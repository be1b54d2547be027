"""What a function keeps for its backward is freed with the graph, without Python's garbage collector."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from typing import Iterator, Sequence

import pytest

from gluon_softmax.backend import autograd, mx, nd, np
from gluon_softmax.backend.function import Function
from gluon_softmax.utils.types import Array


class Square(Function):
    def forward(self, *inputs: Array) -> Array:
        (self.kept,) = inputs
        return self.kept * self.kept

    def backward(self, out_grad: Array, gradients: Sequence[Array | None]) -> None:
        nd.elemwise_mul(2 * self.kept.as_nd_ndarray(), out_grad, out=gradients[0])


class Product(Function):
    def forward(self, *inputs: Array) -> Array:
        x, y = inputs
        self.factors = [array.as_nd_ndarray().detach() for array in (x, y)]
        return x * y

    def backward(self, out_grad: Array, gradients: Sequence[Array | None]) -> None:
        for gradient, factor in zip(gradients, reversed(self.factors)):
            if gradient is not None:
                nd.elemwise_mul(out_grad, factor, out=gradient)


class Wrong(Square):
    def backward(self, _out_grad: Array, _gradients: Sequence[Array | None]) -> None:
        raise ZeroDivisionError


class Held(Square):
    """Its gradient is there when the other side of `gate` has come."""

    def __init__(self, gate: threading.Event) -> None:
        self.gate = gate

    def backward(self, out_grad: Array, gradients: Sequence[Array | None]) -> None:
        assert self.gate.wait(10)
        super().backward(out_grad, gradients)


class Noted(Product):
    def __init__(self, begun: threading.Event) -> None:
        self.begun = begun

    def backward(self, out_grad: Array, gradients: Sequence[Array | None]) -> None:
        self.begun.set()
        super().backward(out_grad, gradients)


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


@pytest.mark.parametrize("ra", ["write", "add", "null"])
@pytest.mark.parametrize("rb", ["write", "add", "null"])
def test_each_input_gets_the_gradient_it_asks_for(ra: str, rb: str) -> None:
    """Written, added to, or left alone, whatever the other input asks for; after three backwards."""
    if ra == rb == "null":
        return  # no backward then
    arrays = [np.array([1.0, 2.0]), np.array([3.0, -4.0])]
    for array, request in zip(arrays, (ra, rb)):
        if request != "null":
            array.attach_grad(request)
    for _ in range(3):
        with autograd.record():
            y = Product()(*arrays) * np.array([1.0, 10.0])
        y.backward()
    for array, request, right in zip(arrays, (ra, rb), ([3, -40], [1, 20])):
        if request != "null":
            assert array.grad.tolist() == [(3 if request == "add" else 1) * x for x in right]


def test_an_input_twice_and_a_function_of_a_function() -> None:
    x = np.array([2.0, -3.0])
    x.attach_grad()
    with autograd.record():
        y = Product()(Product()(x, x), x)  # x^3
    y.backward()
    assert x.grad.tolist() == [12, 27]


@pytest.mark.parametrize("late", [0, 1])
def test_the_backward_comes_when_its_inputs_are_there(late: int) -> None:
    """MXNet's own begins with the gradient of its output, here at once."""
    gate, begun = threading.Event(), threading.Event()
    inputs = [np.array([2.0]), np.array([3.0])]
    held = inputs[late]
    held.attach_grad()
    with autograd.record():
        y = Held(gate)(held)
    y.backward()
    factors = list(inputs)
    factors[late] = held.grad.copy()  # computed by the engine once the gate is open
    factors[1 - late].attach_grad()
    with autograd.record():
        z = Noted(begun)(*factors)
    z.backward()
    too_early = begun.wait(0.5)
    gate.set()
    assert not too_early
    assert factors[1 - late].grad.tolist() == factors[late].tolist() == [2 * held.item()]
    assert begun.is_set()


def test_an_error_in_the_backward_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    x = np.array([2.0])
    x.attach_grad()
    with autograd.record():
        y = Wrong()(x)
    y.backward()
    with pytest.raises(mx.MXNetError):
        x.grad.asnumpy()
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_the_process_ends_with_steps_under_way() -> None:
    """Without waiting, it aborts or hangs in most runs, whose backward finds no Python any more."""
    script = """
import numpy, gluon_softmax as gs
from gluon_softmax.backend import autograd, np
layer = gs.SampledSoftmax(1000, 50, 20)
layer.initialize()
hidden = np.array(numpy.ones((3000, 50)), dtype="float32")
hidden.attach_grad()
for _ in range(20):
    with autograd.record():
        loss = layer(hidden, numpy.arange(3000) % 1000)
    loss.backward()
"""
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
