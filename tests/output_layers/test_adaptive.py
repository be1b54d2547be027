"""The adaptive softmax beside PyTorch's (golden values), NumPy's slow way, and itself in other company."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.adaptive_reference import (
    CASES,
    HIDDEN,
    OUT_GRAD,
    RNG,
    TARGET,
    golden,
    make,
    make_golden,
    slow_log_prob,
)
from oracles.candidate_reference import loss_and_gradients
from oracles.reference import numeric_gradient

from gluon_softmax import AdaptiveSoftmax
from gluon_softmax.backend import autograd, mx, np


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_pytorchs_loss_log_prob_and_gradients(case: str, hybridize: bool, contexts: Any) -> None:
    """torch.nn.AdaptiveLogSoftmaxWithLoss 2.13, same weights; tests/golden/make_adaptive.py."""
    layer, wanted = make_golden(case, contexts, hybridize), golden(case)
    target = wanted["target"]
    mean = numpy.full(target.size, 1 / target.size)
    for ctx in contexts:
        for kind, out_grad in (("weighted", wanted["out_grad"]), ("mean", mean)):
            loss, hidden_grad, gradients = loss_and_gradients(layer, wanted["hidden"], target, out_grad, ctx)
            numpy.testing.assert_allclose(loss, wanted["loss"], rtol=2e-5, atol=5e-6)
            for name, gradient in {"hidden": hidden_grad, **gradients}.items():
                right = wanted[f"{kind}_grad/{name}"]
                numpy.testing.assert_allclose(gradient, right, rtol=2e-4, atol=2e-5, err_msg=name)
        hidden = np.array(wanted["hidden"], ctx=ctx)
        numpy.testing.assert_allclose(
            layer.log_prob(hidden).asnumpy(), wanted["log_prob"], rtol=2e-5, atol=2e-5
        )
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy(), wanted["predict"])


def test_gradients_are_those_of_a_loop() -> None:
    layer = make(head_bias=True)
    layer.head_bias.set_data(np.array(numpy.linspace(-1, 1, 8)))
    loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD)
    rows = numpy.arange(TARGET.size)
    numpy.testing.assert_allclose(loss, -slow_log_prob(layer, HIDDEN)[rows, TARGET], rtol=2e-5, atol=5e-6)

    def total(hidden: Any = HIDDEN, **parameters: Any) -> float:
        return float(-slow_log_prob(layer, hidden, parameters)[rows, TARGET] @ OUT_GRAD)

    wanted = numeric_gradient(lambda h: total(h), HIDDEN)
    numpy.testing.assert_allclose(hidden_grad, wanted, rtol=1e-4, atol=1e-5)
    for name, parameter in layer._reg_params.items():
        wanted = numeric_gradient(lambda p, name=name: total(**{name: p}), parameter.data().asnumpy())
        numpy.testing.assert_allclose(gradients[name], wanted, rtol=1e-4, atol=1e-5, err_msg=name)


def test_shapes() -> None:
    """[5, 10, 15], div 2 on (16, 20), as PyTorch's own test has it."""
    shapes = {name: p.shape for name, p in make()._collect_params_with_prefix().items()}
    assert shapes == {
        "head_weight": (8, 16),
        "tail0_projection": (8, 16), "tail0_weight": (5, 8),
        "tail1_projection": (4, 16), "tail1_weight": (5, 4),
        "tail2_projection": (2, 16), "tail2_weight": (5, 2),
    }  # fmt: skip
    assert make(cutoffs=[5, 10, 19]).tail2_weight.shape == (1, 2)
    assert make(head_bias=True).head_bias.shape == (8,)


def test_every_target_of_a_small_one(contexts: Any) -> None:
    """(8, 4, [2]): the probabilities sum to 1, and loss = -log_prob[target] for every target."""
    layer = make_golden("two_clusters", contexts)
    hidden = numpy.random.default_rng(0).normal(size=(4, 8)).astype(numpy.float32)
    for ctx in contexts:
        log_prob = layer.log_prob(np.array(hidden, ctx=ctx)).asnumpy()
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1, rtol=1e-5)
        for target in range(4):
            loss = layer(np.array(hidden, ctx=ctx), np.full((4,), target, dtype="int32", ctx=ctx))
            numpy.testing.assert_allclose(loss.asnumpy(), -log_prob[:, target], rtol=1e-5, atol=2e-6)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_probabilities_sum_to_one_whatever_the_cuts(data: Any) -> None:
    vocab_size = data.draw(st.integers(2, 30))
    cutoffs = data.draw(
        st.lists(st.integers(1, vocab_size - 1), min_size=1, max_size=4, unique=True).map(sorted)
    )
    in_units = data.draw(st.integers(16, 20))
    kwargs = data.draw(
        st.fixed_dictionaries({"div_value": st.sampled_from([1, 1.5, 2]), "head_bias": st.booleans()})
    )
    layer = AdaptiveSoftmax(vocab_size, in_units, cutoffs, **kwargs)
    layer.initialize(mx.init.Normal(1.0))
    rng = numpy.random.default_rng(data.draw(st.integers(0, 999)))
    hidden = rng.normal(size=(5, in_units)).astype(numpy.float32)
    log_prob = layer.log_prob(np.array(hidden)).asnumpy()
    numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1, rtol=2e-5)
    numpy.testing.assert_allclose(log_prob, slow_log_prob(layer, hidden), rtol=1e-4, atol=1e-4)
    target = rng.integers(0, vocab_size, 5)
    numpy.testing.assert_allclose(
        layer(np.array(hidden), target).asnumpy(), -log_prob[numpy.arange(5), target], rtol=1e-4, atol=1e-5
    )
    numpy.testing.assert_array_equal(layer.predict(np.array(hidden)).asnumpy(), log_prob.argmax(axis=1))


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (2, 1, 2)])
def test_any_leading_shape(shape: tuple[int, ...]) -> None:
    layer = make()
    hidden = RNG.normal(size=(*shape, 16)).astype(numpy.float32)
    target = RNG.integers(0, 20, shape).astype(numpy.int32)
    log_prob = slow_log_prob(layer, hidden.reshape(-1, 16))
    wanted = -log_prob[numpy.arange(len(log_prob)), target.reshape(-1)].reshape(shape)
    numpy.testing.assert_allclose(
        layer(np.array(hidden), np.array(target, dtype="int32")).asnumpy(), wanted, rtol=1e-4, atol=1e-5
    )
    assert layer.log_prob(np.array(hidden)).shape == (*shape, 20)
    assert layer.predict(np.array(hidden)).shape == shape


def test_ignored_positions_and_weights_of_positions() -> None:
    target = TARGET.copy()
    target[[1, 4]] = -1
    weights = numpy.array([1, 0.5, 2, 1, 0, 1, 3, 1, 0.1], dtype=numpy.float32)
    factor = weights * (target >= 0)
    _, hidden_grad, gradients = loss_and_gradients(make(), HIDDEN, TARGET, factor)
    layer, hidden = make(ignore_index=-1), np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        loss = layer(hidden, target, weights)
    loss.backward()
    numpy.testing.assert_allclose(
        loss.asnumpy(), make()(np.array(HIDDEN), TARGET).asnumpy() * factor, rtol=1e-5, atol=1e-6
    )
    numpy.testing.assert_allclose(hidden.grad.asnumpy(), hidden_grad, rtol=1e-4, atol=1e-6)
    for name, gradient in gradients.items():
        numpy.testing.assert_allclose(
            layer._reg_params[name].grad().asnumpy(), gradient, rtol=1e-4, atol=1e-6
        )
