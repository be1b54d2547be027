"""The cross-entropy in blocks beside MXNet's own operators, and what MXNet does with returned gradients."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.reference import numeric_gradient

from gluon_softmax import AdaptiveSoftmax
from gluon_softmax.backend import autograd, gluon, np
from gluon_softmax.fused import linear_cross_entropy as module
from gluon_softmax.fused.linear_cross_entropy import linear_cross_entropy
from gluon_softmax.utils.types import Array, Context, Contexts

N, D, C = 11, 4, 7
RNG = numpy.random.default_rng(3)
HIDDEN = RNG.normal(size=(N, D)).astype(numpy.float32)
TARGET = RNG.integers(0, C, N)
OUT_GRAD = RNG.normal(size=N).astype(numpy.float32)


def make(contexts: Contexts = None, use_bias: bool = True, grad_req: str = "write") -> list[gluon.Parameter]:
    shapes = [(C, D), (C,)] if use_bias else [(C, D)]
    parameters = [gluon.Parameter(f"p{i}", grad_req=grad_req, shape=shape) for i, shape in enumerate(shapes)]
    rng = numpy.random.default_rng(5)
    for parameter in parameters:
        parameter.initialize(ctx=contexts)
        parameter.set_data(np.array(rng.normal(size=parameter.shape)))
    return parameters


def slow_loss(
    hidden: numpy.ndarray, weight: numpy.ndarray, bias: numpy.ndarray | float = 0.0
) -> numpy.ndarray:
    odds: numpy.ndarray = numpy.exp(
        numpy.asarray(hidden, dtype=numpy.float64) @ numpy.transpose(weight) + bias
    )
    losses: numpy.ndarray = -numpy.log(odds[numpy.arange(len(odds)), TARGET[: len(odds)]] / odds.sum(axis=1))
    return losses


def slow_gradients(arrays: list[numpy.ndarray], out_grad: numpy.ndarray) -> list[numpy.ndarray]:
    """Of Σ loss · out_grad with respect to each of hidden, weight and perhaps bias."""

    def total(i: int, x: numpy.ndarray) -> float:
        return float(slow_loss(*(x if i == j else array for j, array in enumerate(arrays))) @ out_grad)

    return [numeric_gradient(lambda x, i=i: total(i, x), array) for i, array in enumerate(arrays)]  # type: ignore[misc]


def run(hidden: Array, parameters: list[gluon.Parameter], out_grad: numpy.ndarray) -> numpy.ndarray:
    with autograd.record():
        loss = linear_cross_entropy(hidden, TARGET, *(p.data(hidden.ctx) for p in parameters))
    loss.backward(np.array(out_grad, ctx=hidden.ctx))
    return loss.asnumpy()


def values(parameters: list[gluon.Parameter]) -> list[numpy.ndarray]:
    return [parameter.list_data()[0].asnumpy() for parameter in parameters]


@pytest.mark.parametrize("out_grad", [numpy.ones(N), numpy.full(N, -0.3), OUT_GRAD])
@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("rows", [1, 4, 100])
def test_loss_and_gradients(
    rows: int,
    use_bias: bool,
    out_grad: numpy.ndarray,
    contexts: list[Context],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whole or in blocks, with one factor for all losses or one each."""
    monkeypatch.setattr(module, "_BLOCK", rows * C)
    monkeypatch.setattr(module, "_MIN_ROWS", 1)
    parameters = make(contexts, use_bias)
    wanted = slow_gradients([HIDDEN, *values(parameters)], out_grad)
    for ctx in contexts:
        hidden = np.array(HIDDEN, ctx=ctx)
        hidden.attach_grad()
        loss = run(hidden, parameters, out_grad.astype(numpy.float32))
        numpy.testing.assert_allclose(loss, slow_loss(HIDDEN, *values(parameters)), rtol=2e-5, atol=1e-6)
        for gradient, right in zip([hidden.grad, *(p.grad(ctx) for p in parameters)], wanted):
            numpy.testing.assert_allclose(gradient.asnumpy(), right, rtol=1e-4, atol=1e-5)


def test_a_hidden_vector_that_wants_no_gradient() -> None:
    """MXNet stops writing gradients at the first that nobody asked for."""
    parameters = make()
    run(np.array(HIDDEN), parameters, OUT_GRAD)
    for parameter, right in zip(parameters, slow_gradients([HIDDEN, *values(parameters)], OUT_GRAD)[1:]):
        numpy.testing.assert_allclose(parameter.grad().asnumpy(), right, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("frozen", [[0], [1], [0, 1]])
def test_parameters_that_want_no_gradient(frozen: list[int]) -> None:
    parameters = make()
    for i in frozen:
        parameters[i].grad_req = "null"
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    run(hidden, parameters, OUT_GRAD)
    wanted = slow_gradients([HIDDEN, *values(parameters)], OUT_GRAD)
    numpy.testing.assert_allclose(hidden.grad.asnumpy(), wanted[0], rtol=1e-4, atol=1e-5)
    for i in {0, 1} - set(frozen):
        numpy.testing.assert_allclose(parameters[i].grad().asnumpy(), wanted[1 + i], rtol=1e-4, atol=1e-5)


def test_gradients_that_accumulate() -> None:
    """MXNet drops what a function's backward would add to a gradient."""
    parameters = make(grad_req="add")
    hidden = np.array(HIDDEN)
    hidden.attach_grad("add")
    for _ in range(3):
        run(hidden, parameters, OUT_GRAD)
    wanted = slow_gradients([HIDDEN, *values(parameters)], OUT_GRAD)
    for gradient, right in zip([hidden.grad, *(p.grad() for p in parameters)], wanted):
        numpy.testing.assert_allclose(gradient.asnumpy(), 3 * right, rtol=1e-4, atol=3e-5)


def test_backward_twice() -> None:
    parameters = make()
    with autograd.record():
        loss = linear_cross_entropy(np.array(HIDDEN), TARGET, *(p.data() for p in parameters))
    gradients = []
    out_grads: list[numpy.ndarray] = [numpy.ones(N), OUT_GRAD]
    for out_grad in out_grads:
        loss.backward(np.array(out_grad, dtype="float32"), retain_graph=True)
        gradients.append(parameters[0].grad().asnumpy())
    for gradient, out_grad in zip(gradients, out_grads):
        right = slow_gradients([HIDDEN, *values(parameters)], out_grad)[1]
        numpy.testing.assert_allclose(gradient, right, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("record", [False, True])
def test_scores_of_ten_thousand(record: bool) -> None:
    """No overflow, and the loss of a word whose probability is no float any more is still right."""
    weight = gluon.Parameter("weight", shape=(3, 1))
    weight.initialize()
    weight.set_data(np.array([[1e4], [0.0], [-1e4]]))
    hidden = np.array([[1.0], [1.0], [-1.0]])
    with autograd.record() if record else autograd.pause():
        loss = linear_cross_entropy(hidden, numpy.array([0, 2, 0]), weight.data())
    numpy.testing.assert_allclose(loss.asnumpy(), [0, 2e4, 2e4], rtol=1e-6, atol=2e-6)
    if record:
        loss.backward()
        numpy.testing.assert_allclose(weight.grad().asnumpy(), [[2], [0], [-2]], atol=1e-5)


def test_without_recording_there_is_no_gradient() -> None:
    parameters = make()
    loss = linear_cross_entropy(np.array(HIDDEN), TARGET, *(p.data() for p in parameters)).asnumpy()
    numpy.testing.assert_allclose(loss, slow_loss(HIDDEN, *values(parameters)), rtol=2e-5, atol=1e-6)
    assert not parameters[0].grad().asnumpy().any()


@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("out_grad", [numpy.full(N, 2, numpy.float32), OUT_GRAD])
def test_a_scale_multiplies_losses_and_gradients_and_has_one_of_its_own(
    out_grad: numpy.ndarray, use_bias: bool
) -> None:
    scale = numpy.linspace(-1, 2, N, dtype=numpy.float32)
    found = []
    for inside in (False, True):
        parameters = make(use_bias=use_bias)
        bias = parameters[1].data() if use_bias else None
        hidden, factors = np.array(HIDDEN), np.array(scale)
        hidden.attach_grad()
        factors.attach_grad()
        with autograd.record():
            if inside:
                loss = linear_cross_entropy(hidden, TARGET, parameters[0].data(), bias, factors)
            else:
                loss = linear_cross_entropy(hidden, TARGET, parameters[0].data(), bias) * factors
        loss.backward(np.array(out_grad))
        gradients = [hidden.grad, factors.grad, *(p.grad() for p in parameters)]
        found.append([loss.asnumpy(), *(gradient.asnumpy() for gradient in gradients)])
    for outside, within in zip(*found):
        numpy.testing.assert_allclose(outside, within, rtol=1e-4, atol=1e-5)


def test_a_scale_that_is_known_in_the_forward_needs_no_second_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[bool] = []
    compute = module._LinearCrossEntropy._compute

    def counted(*args: Any) -> Any:
        passes.append(True)
        return compute(*args)

    monkeypatch.setattr(module._LinearCrossEntropy, "_compute", counted)
    layer = AdaptiveSoftmax(C, D, [3], ignore_index=2)
    layer.initialize()
    for weight, wanted in ((numpy.linspace(1, 2, N), 2), (None, 2)):  # of the head and of a tail
        passes.clear()
        with autograd.record():
            total = layer(np.array(HIDDEN), TARGET, weight).mean()
        total.backward()
        layer.head_weight.grad().wait_to_read()
        assert len(passes) == wanted


def test_ids_may_be_overwritten_after_the_backward() -> None:
    found = []
    for overwrite in (False, True):
        weight, ids = make(use_bias=False)[0], np.array(TARGET, dtype="int32")
        with autograd.record():
            loss = linear_cross_entropy(np.array(HIDDEN), ids, weight.data())
        loss.backward(np.array(OUT_GRAD))
        if overwrite:
            ids[:] = 0
        found.append(weight.grad().asnumpy())
    numpy.testing.assert_array_equal(*found)
