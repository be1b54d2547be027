"""Sampled softmax beside the full one: with every word drawn, as the sample grows, and in evaluation."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.candidate_reference import (
    loss_and_gradients,
    parameters_of,
)
from oracles.sampled_reference import HIDDEN, OUT_GRAD, SAMPLERS, TARGET, D, V, make

from gluon_softmax import (
    FullSoftmax,
    SampledSoftmax,
    UniformSampler,
    UnigramSampler,
)
from gluon_softmax.backend import autograd, np


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_every_class_drawn_once_and_uniformly_is_the_full_softmax(sparse_grad: bool, hybridize: bool) -> None:
    layer = make(hybridize=hybridize, num_sampled=V, sampler=UniformSampler(V), sparse_grad=sparse_grad)
    full = FullSoftmax(V, D)
    full.initialize()
    full.weight.set_data(layer.weight.data())
    full.bias.set_data(layer.bias.data().reshape(-1))
    sampled = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD)
    wanted = loss_and_gradients(full, HIDDEN, TARGET, OUT_GRAD)
    numpy.testing.assert_allclose(sampled[0], wanted[0], rtol=1e-5, atol=5e-6)
    numpy.testing.assert_allclose(sampled[1], wanted[1], rtol=1e-4, atol=1e-5)
    numpy.testing.assert_allclose(sampled[2]["weight"], wanted[2]["weight"], rtol=1e-4, atol=1e-5)
    numpy.testing.assert_allclose(sampled[2]["bias"][:, 0], wanted[2]["bias"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("unique", [False, True])
def test_the_gradient_tends_to_that_of_the_full_softmax(unique: bool, sampler: str) -> None:
    """Mean over draws; what is left of the distance is bias, which falls as the sample grows."""
    rng = numpy.random.default_rng(0)
    vocab_size, counts = 60, numpy.arange(120, 60, -1)
    one = {"log-uniform": None, "uniform": UniformSampler(60), "unigram": UnigramSampler(counts)}[sampler]
    hidden, target = rng.normal(size=(6, D)), rng.integers(0, vocab_size, 6)
    weight = rng.normal(size=(vocab_size, D)) * 0.7
    full = FullSoftmax(vocab_size, D)
    full.initialize()
    full.weight.set_data(np.array(weight))
    wanted = loss_and_gradients(full, hidden, target, numpy.ones(6))[2]["weight"]
    distances = []
    for num_sampled in (3, 12, 50):
        layer = SampledSoftmax(vocab_size, D, num_sampled, one, unique)
        layer.initialize()
        layer.weight.set_data(np.array(weight))
        total = numpy.zeros((vocab_size, D))
        for _ in range(200):
            layer.resample(rng)
            total += loss_and_gradients(layer, hidden, target, numpy.ones(6))[2]["weight"]
        distances.append(numpy.linalg.norm(total / 200 - wanted) / numpy.linalg.norm(wanted))
    assert distances[1] < 0.7 * distances[0]
    assert distances[2] < 0.7 * distances[1]
    assert distances[2] < 0.12


@pytest.mark.parametrize("hybridize", [False, True])
def test_outside_of_training_it_is_the_full_softmax(hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize)
    weight, bias = parameters_of(layer)
    odds = numpy.exp(HIDDEN.astype(numpy.float64) @ weight.T + bias)
    wanted = numpy.log(odds / odds.sum(axis=1, keepdims=True))
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(4, 2, D), ctx=ctx)
        log_prob = layer.log_prob(hidden).asnumpy().reshape(8, V)
        numpy.testing.assert_allclose(log_prob, wanted, rtol=2e-5, atol=5e-6)
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1, rtol=1e-5)
        losses = [layer(hidden, TARGET.reshape(4, 2)).asnumpy()]
        with autograd.record(train_mode=False):
            losses.append(layer(hidden, np.array(TARGET.reshape(4, 2), ctx=ctx)).asnumpy())
        for loss in losses:
            numpy.testing.assert_allclose(
                loss.reshape(8), -wanted[numpy.arange(8), TARGET], rtol=2e-5, atol=5e-6
            )
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy().reshape(8), wanted.argmax(axis=1))
