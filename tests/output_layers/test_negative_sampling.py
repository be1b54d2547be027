"""Negative sampling beside a slow NumPy loop over the same noise, numeric gradients, and its expectation."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.noise_reference import COUNTS, HIDDEN, OUT_GRAD, TARGET, D, K, V, make, noise_of, slow_loss
from oracles.reference import numeric_gradient, scatter_add

from gluon_softmax import NegativeSampling
from gluon_softmax.backend import autograd, np


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_loss_and_gradients_are_those_of_a_loop(sparse_grad: bool, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, sparse_grad=sparse_grad)
    layer.resample(numpy.random.default_rng(4))
    weight = layer.weight.data(contexts[0]).asnumpy().astype(numpy.float64)
    noise = noise_of(layer, TARGET)
    for ctx in contexts:
        hidden = np.array(HIDDEN, ctx=ctx)
        hidden.attach_grad()
        with autograd.record():
            loss = layer(hidden, np.array(TARGET, ctx=ctx))
        loss.backward(np.array(OUT_GRAD, ctx=ctx))
        numpy.testing.assert_allclose(loss.asnumpy(), slow_loss(HIDDEN, weight, TARGET, noise), rtol=2e-5)
        numpy.testing.assert_allclose(
            hidden.grad.asnumpy(),
            numeric_gradient(lambda h: slow_loss(h, weight, TARGET, noise) @ OUT_GRAD, HIDDEN),
            rtol=1e-4, atol=1e-5,
        )  # fmt: skip
        gradient = layer.weight.grad(ctx)
        assert gradient.stype == ("row_sparse" if sparse_grad else "default")
        if sparse_grad:
            touched = numpy.unique(numpy.concatenate([TARGET, noise.ravel()]))
            numpy.testing.assert_array_equal(gradient.indices.asnumpy(), touched)
            gradient = gradient.tostype("default")
        numpy.testing.assert_allclose(
            gradient.asnumpy(),
            numeric_gradient(lambda w: slow_loss(HIDDEN, w, TARGET, noise) @ OUT_GRAD, weight),
            rtol=1e-4, atol=1e-5,
        )  # fmt: skip


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3)])
def test_any_leading_shape(shape: tuple[int, ...], contexts: Any) -> None:
    layer = make(contexts, hybridize=True)
    layer.resample(numpy.random.default_rng(1))
    rng = numpy.random.default_rng(8)
    hidden = rng.normal(size=(*shape, D)).astype(numpy.float32)
    target = rng.integers(1, V, shape).astype(numpy.int32)
    noise = noise_of(layer, target.reshape(-1))
    weight = layer.weight.data(contexts[0]).asnumpy()
    wanted = slow_loss(hidden.reshape(-1, D), weight, target.reshape(-1), noise).reshape(shape)
    for ctx in contexts:
        with autograd.train_mode():
            loss = layer(np.array(hidden, ctx=ctx), np.array(target, dtype="int32", ctx=ctx))
        assert loss.shape == shape and loss.ctx == ctx
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=2e-5)


@pytest.mark.parametrize("train", [False, True])
def test_a_hidden_vector_of_zeros_costs_log_two_a_term(train: bool) -> None:
    layer = make()
    with autograd.train_mode() if train else autograd.predict_mode():
        loss = layer(np.zeros((8, D)), np.array(TARGET))
    numpy.testing.assert_allclose(loss.asnumpy(), (1 + K) * numpy.log(2), rtol=1e-6)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("excluded", [[], [0]])
def test_log_prob_and_predict(excluded: list[int], hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize)
    if excluded:
        layer.exclude(excluded)
    weight = layer.weight.data(contexts[0]).asnumpy().astype(numpy.float64)
    p = numpy.maximum(COUNTS, 0.5) ** 0.75  # a word that is never noise counts as half an occurrence
    p[excluded] = 0
    odds = p * numpy.exp(HIDDEN @ weight.T)
    wanted = odds / odds.sum(axis=1, keepdims=True)
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(2, 4, D), ctx=ctx)
        log_prob = layer.log_prob(hidden).asnumpy()
        assert log_prob.shape == (2, 4, V)
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=-1), 1, rtol=1e-5)
        numpy.testing.assert_allclose(numpy.exp(log_prob).reshape(8, V), wanted, rtol=2e-5, atol=1e-9)
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy().reshape(8), wanted.argmax(axis=1))
        assert layer.predict(hidden).dtype == numpy.int32


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_score(sparse_grad: bool, hybridize: bool) -> None:
    layer = make(hybridize=hybridize, sparse_grad=sparse_grad)
    ids = numpy.random.default_rng(6).integers(0, V, (8, 4)).astype(numpy.int32)
    out_grad = numpy.random.default_rng(7).normal(size=(8, 4)).astype(numpy.float32)
    weight = layer.weight.data().asnumpy()
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        scores = layer.score(hidden, np.array(ids))
    scores.backward(np.array(out_grad))
    numpy.testing.assert_allclose(
        scores.asnumpy(), numpy.einsum("bd,bld->bl", HIDDEN, weight[ids]), rtol=1e-4, atol=1e-5
    )
    numpy.testing.assert_allclose(
        hidden.grad.asnumpy(), numpy.einsum("bl,bld->bd", out_grad, weight[ids]), rtol=1e-4, atol=1e-5
    )
    gradient = layer.weight.grad()
    gradient = gradient.tostype("default") if sparse_grad else gradient
    rows = out_grad[:, :, None] * HIDDEN[:, None, :]
    numpy.testing.assert_allclose(gradient.asnumpy(), scatter_add(ids, rows, V), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("counts, error, said", [
    ([3, -1, 2], ValueError, "at least 0; got -1.0 for id 1"),
    ([3, float("nan"), 2], ValueError, "finite numbers"),
    ([3, float("inf"), 2], ValueError, "finite numbers"),
    ([0, 0, 0], ValueError, "at least one number above 0"),
    ([[1, 2], [3, 4]], ValueError, r"shape \(vocab_size,\); got shape \(2, 2\)"),
    ([], ValueError, "one number per word"),
    ([0, 5, 0], ValueError, "at least two words that can be drawn as noise; got 1"),
    (["a", "b"], TypeError, "a sequence of numbers"),
    (None, TypeError, "a sequence of numbers"),
])  # fmt: skip
def test_wrong_counts_are_named(counts: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^counts takes .*{said}"):
        NegativeSampling(counts, D)


@pytest.mark.parametrize("name, value, error", [
    ("in_units", 0, ValueError), ("in_units", 2.5, TypeError), ("num_noise_words", 0, ValueError),
    ("num_noise_words", None, TypeError), ("ignore_index", 1.5, TypeError),
    ("power", float("nan"), ValueError), ("power", "0.75", TypeError),
])  # fmt: skip
def test_wrong_numbers_are_named(name: str, value: Any, error: type) -> None:
    arguments: dict[str, Any] = {"in_units": D, name: value}
    with pytest.raises(error, match=f"^{name} takes"):
        NegativeSampling(COUNTS, **arguments)


@pytest.mark.parametrize("ids, error, said", [
    (numpy.full((2, 3), 0.5), TypeError, "ids takes integer ids"),
    (numpy.full((2, 3), V), ValueError, "ids takes ids in"),
    (numpy.zeros((3, 3), dtype=int), ValueError, "ids without its last axis takes the sizes of hidden"),
])  # fmt: skip
def test_wrong_ids_to_score_are_named(ids: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make().score(np.zeros((2, D)), ids)


def test_repr_and_parameters() -> None:
    layer = make()
    assert repr(layer) == "NegativeSampling(5 -> 9, num_noise_words=3, power=0.75, sparse_grad=False)"
    assert "sparse_grad=True" in repr(make(sparse_grad=True))
    assert list(layer._collect_params_with_prefix()) == ["weight"]
    assert list(layer.collect_params().values()) == [layer.weight]
    numpy.testing.assert_array_equal(
        make(sparse_grad=True).weight.data().asnumpy(), layer.weight.data().asnumpy()
    )
