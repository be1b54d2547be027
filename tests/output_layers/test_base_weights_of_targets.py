"""Weights of classes, and several targets for a position, by `sample_weight` and by repeated rows."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.candidate_reference import FixedSampler, parameters_of, tensorflow_arrays
from oracles.every_layer import EVERY_LAYER, IN_UNITS
from oracles.reference import softplus

import gluon_softmax as gs
from gluon_softmax.backend import autograd, mx, np

RNG = numpy.random.default_rng(5)
HIDDEN = RNG.normal(size=(4, IN_UNITS)).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8])
CLASS_WEIGHT = RNG.uniform(0.1, 3.0, 10)  # one per word
TARGETS = numpy.array([[1, 3], [3, 8], [7, 2], [9, 4]])  # two per position
T = TARGETS.shape[1]


def make(name: str) -> Any:
    mx.random.seed(3)
    layer = EVERY_LAYER[name]()
    layer.initialize(mx.init.Normal(0.5))
    layer.resample(numpy.random.default_rng(1))
    return layer


def repeated(hidden: Any) -> Any:
    """Each position once for each of its targets: (N, d) -> (N, T, d)."""
    return np.repeat(np.expand_dims(np.array(hidden), 1), T, axis=1)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_weight_per_class_is_a_weight_of_each_position(name: str, training: bool) -> None:
    layer, weight = make(name), CLASS_WEIGHT[TARGET]
    gradients = []
    for sample_weight, out_grad in ((weight, None), (None, np.array(weight, dtype="float32"))):
        hidden = np.array(HIDDEN)
        hidden.attach_grad()
        with autograd.record(train_mode=training):
            loss = layer(hidden, TARGET, sample_weight)
        loss.backward(out_grad)
        gradients.append(hidden.grad.asnumpy())
        plain = loss.asnumpy()
    with autograd.record(train_mode=training):
        weighted = layer(np.array(HIDDEN), TARGET, weight)
    numpy.testing.assert_allclose(weighted.asnumpy(), weight * plain, rtol=1e-5)
    numpy.testing.assert_allclose(gradients[0], gradients[1], rtol=1e-4, atol=1e-6)


def test_pytorchs_mean_with_class_weights() -> None:
    """``CrossEntropyLoss(weight=w)``: the sum of the weighted losses over the sum of their weights."""
    layer, weight = make("full"), CLASS_WEIGHT[TARGET]
    log_prob = layer.log_prob(np.array(HIDDEN)).asnumpy().astype(numpy.float64)
    wanted = -(weight * log_prob[range(4), TARGET]).sum() / weight.sum()
    loss = layer(np.array(HIDDEN), TARGET, sample_weight=weight)
    assert float(loss.sum()) / weight.sum() == pytest.approx(wanted, rel=1e-5)


def test_train_takes_the_weights_as_a_third_array_of_a_batch() -> None:
    batch = HIDDEN, TARGET.astype(numpy.int32), CLASS_WEIGHT[TARGET]
    (metrics,) = gs.train(make("full"), [batch], 1, 1e-9, "sgd", progress="none")
    loss = make("full")(np.array(HIDDEN), *batch[1:])
    assert metrics["loss"] == pytest.approx(float(loss.mean()), rel=1e-5)


@pytest.mark.parametrize("name", ["full", "hierarchical", "sampled", "adaptive"])
def test_repeated_rows_spread_a_target_evenly_over_several_words(name: str) -> None:
    """Outside of training the mean over a position's rows is -sum_t log p(t) / T."""
    layer = make(name)
    loss = layer(repeated(HIDDEN), TARGETS, numpy.full(TARGETS.shape, 1 / T)).sum(axis=1).asnumpy()
    log_prob = layer.log_prob(np.array(HIDDEN)).asnumpy()
    numpy.testing.assert_allclose(loss, -numpy.take_along_axis(log_prob, TARGETS, 1).mean(1), rtol=1e-5)


def scores(layer: Any, hidden: Any, expected: Any) -> numpy.ndarray:
    """W . h + b - log Q of every word: (N, V)."""
    weight, bias = parameters_of(layer)
    found: numpy.ndarray = hidden.astype(numpy.float64) @ weight.T + bias - numpy.log(expected)
    return found


def known(kind: Any, **kwargs: Any) -> tuple[Any, numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """A layer with the candidates 4 and 2, hidden (3, 10), two other targets for each, and all scores."""
    weight, bias, hidden, _ = tensorflow_arrays()
    expected = [0.3, 0.4, 0.5, 0.6, 0.7]
    layer = kind(num_sampled=2, in_units=10, sampler=FixedSampler([4, 2], expected), **kwargs)
    layer.initialize()
    layer.weight.set_data(np.array(weight))
    layer.bias.set_data(np.array(bias[:, None]))
    return layer, hidden, numpy.array([[0, 1], [1, 3], [3, 0]]), scores(layer, hidden, expected)


def training_loss(layer: Any, hidden: Any, targets: Any) -> Any:
    with autograd.record():
        return layer(repeated(hidden), targets)  # (N, T)


def test_tensorflows_sampled_softmax_with_num_true() -> None:
    """Labels 1/T on T targets, and a softmax over these and the candidates, from the rows' own losses."""
    layer, hidden, targets, score = known(gs.SampledSoftmax, vocab_size=5)
    right, wrong = numpy.take_along_axis(score, targets, 1), score[:, [4, 2]]
    logits = numpy.concatenate([right, wrong], axis=1)  # (N, T + S), as `_compute_sampled_logits` has them
    labels = numpy.array([1 / T] * T + [0.0] * 2)
    wanted = (labels * (numpy.log(numpy.exp(logits).sum(1, keepdims=True)) - logits)).sum(1)
    rows = training_loss(layer, hidden, targets)  # (N, T)
    margin = -(rows + np.log1p(-np.exp(-rows)))  # s(t) - log sum_c exp s(c)
    loss = np.log(1 + np.exp(margin).sum(axis=1)) - margin.mean(axis=1)  # (N,)
    numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-5)
    # without that step the other targets of a position are no part of a row's denominator
    alone = numpy.log(numpy.exp(right) + numpy.exp(wrong).sum(1, keepdims=True)) - right
    numpy.testing.assert_allclose(rows.mean(axis=1).asnumpy(), alone.mean(1), rtol=1e-5)
    assert (alone.mean(1) < wanted).all()


def test_with_every_class_sampled_the_mean_of_the_rows_is_tensorflows() -> None:
    layer = gs.SampledSoftmax(10, IN_UNITS, 10)
    layer.initialize(mx.init.Normal(0.5))
    layer.resample(numpy.random.default_rng(2))
    rows = training_loss(layer, HIDDEN, TARGETS).mean(axis=1).asnumpy()
    expected = layer._log_expected_count(numpy.arange(10), layer._current_candidates().num_tries)
    score = scores(layer, HIDDEN, numpy.exp(expected))
    wanted = numpy.log(numpy.exp(score).sum(1)) - numpy.take_along_axis(score, TARGETS, 1).mean(1)
    numpy.testing.assert_allclose(rows, wanted, rtol=1e-5)


def test_tensorflows_nce_with_num_true() -> None:
    """Its T targets have the label 1/T each, so it adds (1 - 1/T) of the loss of a noise word for each."""
    layer, hidden, targets, score = known(gs.NCE, counts=numpy.ones(5))
    right, wrong = numpy.take_along_axis(score, targets, 1), score[:, [4, 2]]
    wanted = (softplus(right) - right / T).sum(1) + softplus(wrong).sum(1)
    rows = training_loss(layer, hidden, targets).mean(axis=1).asnumpy()
    numpy.testing.assert_allclose(rows + (1 - 1 / T) * softplus(right).sum(1), wanted, rtol=1e-5)
