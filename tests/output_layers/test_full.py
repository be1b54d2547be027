"""The full softmax beside NumPy's, numeric gradients, and the entropy that training can reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.candidate_reference import loss_and_gradients, parameters_of
from oracles.reference import Optimizer, TinyCorpus, numeric_gradient

from gluon_softmax import CBOW, CBOWBatches, Embedding, FullSoftmax, SkipGram, SkipGramPairs, train
from gluon_softmax.backend import autograd, gluon, mx, nn, np
from gluon_softmax.runs.layers import build_output_layer

V, D = 9, 5
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=8).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8, 5, 2, 0, 4], dtype=numpy.int32)


def make(contexts: Any = None, hybridize: bool = False, **kwargs: Any) -> FullSoftmax:
    mx.random.seed(7)
    layer = FullSoftmax(V, D, weight_initializer=mx.init.Normal(1.0), **kwargs)
    layer.initialize(ctx=contexts)
    if "bias" in layer._reg_params:
        layer.bias.set_data(np.array(numpy.linspace(-1, 1, V) ** 2))
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def slow_log_prob(hidden: Any, weight: Any, bias: Any) -> numpy.ndarray:
    odds = numpy.exp(numpy.asarray(hidden, dtype=numpy.float64) @ weight.T + bias)
    return numpy.log(odds / odds.sum(axis=1, keepdims=True))


def slow_loss(hidden: Any, weight: Any, bias: Any, label_smoothing: float = 0.0) -> numpy.ndarray:
    """The cross-entropy to a target distribution: 1 - eps on the target, and eps spread over all words."""
    wanted = (1 - label_smoothing) * numpy.eye(V)[TARGET] + label_smoothing / V
    return -(wanted * slow_log_prob(hidden, weight, bias)).sum(axis=1)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize(
    "kwargs", [{}, {"use_bias": False}, {"label_smoothing": 0.3}, {"label_smoothing": 0.9}], ids=str
)
def test_loss_and_gradients(kwargs: Any, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, **kwargs)
    weight, bias = parameters_of(layer)
    eps = kwargs.get("label_smoothing", 0.0)
    for ctx in contexts:
        loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD, ctx)
        numpy.testing.assert_allclose(loss, slow_loss(HIDDEN, weight, bias, eps), rtol=2e-5, atol=5e-6)
        wanted = {
            "hidden": numeric_gradient(lambda h: slow_loss(h, weight, bias, eps) @ OUT_GRAD, HIDDEN),
            "weight": numeric_gradient(lambda w: slow_loss(HIDDEN, w, bias, eps) @ OUT_GRAD, weight),
            "bias": numeric_gradient(lambda b: slow_loss(HIDDEN, weight, b, eps) @ OUT_GRAD, bias),
        }
        for name, gradient in {"hidden": hidden_grad, **gradients}.items():
            numpy.testing.assert_allclose(gradient, wanted[name], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("hybridize", [False, True])
def test_outside_of_training_labels_are_not_smoothed(hybridize: bool) -> None:
    layer = make(hybridize=hybridize, label_smoothing=0.3)
    plain = slow_loss(HIDDEN, *parameters_of(layer))
    numpy.testing.assert_allclose(layer(np.array(HIDDEN), TARGET).asnumpy(), plain, rtol=2e-5)
    with autograd.record(train_mode=False):
        numpy.testing.assert_allclose(layer(np.array(HIDDEN), TARGET).asnumpy(), plain, rtol=2e-5)
    with autograd.train_mode():
        assert (abs(layer(np.array(HIDDEN), TARGET).asnumpy() - plain) > 1e-3).all()


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("use_bias", [False, True])
def test_log_prob_and_predict(use_bias: bool, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, use_bias=use_bias)
    wanted = slow_log_prob(HIDDEN, *parameters_of(layer))
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(2, 4, D), ctx=ctx)
        log_prob = layer.log_prob(hidden).asnumpy()
        assert log_prob.shape == (2, 4, V)
        numpy.testing.assert_allclose(log_prob.reshape(8, V), wanted, rtol=2e-5, atol=5e-6)
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy().reshape(8), wanted.argmax(axis=1))
        loss = layer(hidden, np.array(TARGET.reshape(2, 4), ctx=ctx)).asnumpy()
        numpy.testing.assert_allclose(
            loss.reshape(8), -log_prob.reshape(8, V)[numpy.arange(8), TARGET], rtol=1e-5, atol=1e-6
        )


@settings(max_examples=25, deadline=None)
@given(
    vocab_size=st.integers(1, 40),
    in_units=st.integers(1, 7),
    scale=st.sampled_from([0.0, 0.1, 1.0, 30.0, 1e4]),
    seed=st.integers(0, 1000),
)
def test_probabilities_sum_to_one(vocab_size: int, in_units: int, scale: float, seed: int) -> None:
    mx.random.seed(seed)
    layer = FullSoftmax(vocab_size, in_units, weight_initializer=mx.init.Normal(1.0))
    layer.initialize()
    hidden = numpy.random.default_rng(seed).normal(size=(3, in_units)) * scale
    log_prob = layer.log_prob(np.array(hidden, dtype="float32")).asnumpy()
    numpy.testing.assert_allclose(numpy.exp(log_prob.astype(numpy.float64)).sum(axis=-1), 1, rtol=1e-4)


def test_a_bias_of_log_counts_is_the_unigram() -> None:
    counts = numpy.array([7, 40, 25, 12, 9, 3, 2, 1, 1])
    p = counts / counts.sum()
    layer = FullSoftmax(
        V, D, weight_initializer="zeros", bias_initializer=mx.init.Constant(np.array(numpy.log(p)))
    )
    layer.initialize()
    numpy.testing.assert_allclose(numpy.exp(layer.log_prob(np.array(HIDDEN)).asnumpy()), [p] * 8, rtol=1e-5)
    plain = FullSoftmax(V, D)
    plain.initialize(mx.init.Normal(1.0))
    assert not plain.bias.data().asnumpy().any()


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_ignored_positions_and_weights_of_positions(label_smoothing: float) -> None:
    layer, plain = (make(label_smoothing=label_smoothing, ignore_index=i) for i in (-1, None))
    target = numpy.where(numpy.arange(8) % 3, TARGET, -1)
    weights = numpy.linspace(0, 2, 8)
    factor = weights * (target >= 0)
    wanted = loss_and_gradients(plain, HIDDEN, TARGET, factor)
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        loss = layer(hidden, target, np.array(weights))
    loss.backward()
    numpy.testing.assert_allclose(loss.asnumpy(), wanted[0] * factor, rtol=1e-6)
    numpy.testing.assert_allclose(hidden.grad.asnumpy(), wanted[1], rtol=1e-5, atol=1e-6)
    numpy.testing.assert_allclose(layer.weight.grad().asnumpy(), wanted[2]["weight"], rtol=1e-5, atol=1e-6)


def test_a_batch_split_over_two_contexts_equals_the_whole() -> None:
    """Two steps of sgd, with the loss summed over positions."""
    tables = []
    for contexts in ([mx.cpu(0)], [mx.cpu(0), mx.cpu(1)]):
        layer = make(contexts)
        trainer = gluon.Trainer(
            layer.collect_params(), "sgd", {"learning_rate": 0.5}, update_on_kvstore=False
        )
        for _ in range(2):
            with autograd.record():
                losses = [
                    layer(np.array(h, ctx=ctx), np.array(t, ctx=ctx))
                    for h, t, ctx in zip(
                        numpy.array_split(HIDDEN, len(contexts)),
                        numpy.array_split(TARGET, len(contexts)),
                        contexts,
                    )
                ]
            autograd.backward(losses)
            trainer.step(8)
        tables.append([data.asnumpy() for p in layer.collect_params().values() for data in p.list_data()])
    one, two = tables
    for i, table in enumerate(one):
        numpy.testing.assert_allclose(two[2 * i], table, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_array_equal(two[2 * i], two[2 * i + 1])
    assert abs(one[0] - parameters_of(make())[0]).max() > 0.05


def test_one_step_of_sgd_is_that_of_numpy() -> None:
    layer = make()
    weight, bias = parameters_of(layer)
    _, _, gradients = loss_and_gradients(layer, HIDDEN, TARGET, numpy.full(8, 1.0))
    gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.5}).step(8)
    p = numpy.exp(slow_log_prob(HIDDEN, weight, bias)) - numpy.eye(V)[TARGET]
    moved = Optimizer("sgd", 0.5, lazy=False).step(weight, p.T @ HIDDEN / 8)
    numpy.testing.assert_allclose(layer.weight.data().asnumpy(), moved, rtol=1e-5, atol=1e-6)
    numpy.testing.assert_allclose(gradients["bias"], p.sum(axis=0), rtol=1e-4, atol=1e-6)


def test_tied_weights_learn_from_both_ends() -> None:
    layer = make(use_bias=False)
    embed = Embedding(V, D, weight=layer.weight)
    weight, bias = parameters_of(layer)
    words = numpy.array([2, 7, 7, 1, 0, 3, 5, 8])
    with autograd.record():
        loss = layer(embed(words), TARGET)
    loss.backward()
    numpy.testing.assert_allclose(
        layer.weight.grad().asnumpy(),
        numeric_gradient(lambda w: slow_loss(w[words], w, bias).sum(), weight), rtol=1e-4, atol=1e-5,
    )  # fmt: skip


def test_save_and_load(tmp_path: Path) -> None:
    saved, loaded = nn.Sequential(), nn.Sequential()
    saved.add(make())
    loaded.add(FullSoftmax(V, D))
    saved.save_parameters(str(tmp_path / "full"))
    loaded.load_parameters(str(tmp_path / "full"))
    assert list(saved._collect_params_with_prefix()) == ["0.weight", "0.bias"]
    numpy.testing.assert_array_equal(
        loaded[0].log_prob(np.array(HIDDEN)).asnumpy(), saved[0].log_prob(np.array(HIDDEN)).asnumpy()
    )


def test_repr() -> None:
    assert repr(FullSoftmax(V, D)) == "FullSoftmax(5 -> 9, use_bias=True)"
    assert repr(FullSoftmax(V, D, 0.1)) == "FullSoftmax(5 -> 9, label_smoothing=0.1, use_bias=True)"


@pytest.mark.parametrize("kwargs, error, said", [
    ({"vocab_size": 0}, ValueError, "vocab_size takes"), ({"vocab_size": 2.0}, TypeError, "vocab_size takes"),
    ({"in_units": -1}, ValueError, "in_units takes"),
    ({"label_smoothing": 1.5}, ValueError, "label_smoothing takes"),
    ({"label_smoothing": -0.1}, ValueError, "label_smoothing takes"),
    ({"label_smoothing": "0.1"}, TypeError, "label_smoothing takes"),
    ({"sparse_grad": True}, ValueError, "sparse_grad takes False for a full softmax, .* got True"),
])  # fmt: skip
def test_wrong_arguments_are_named(kwargs: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        FullSoftmax(**{"vocab_size": V, "in_units": D, **kwargs})


@pytest.mark.parametrize("hidden, target, error, said", [
    ((2, D + 1), [1, 2], ValueError, "hidden takes shape"),
    ((2, D), [1, V], ValueError, "target takes ids in"),
    ((2, D), [-1, 1], ValueError, "target takes ids in"),
    ((2, D), [1.0, 2.5], TypeError, "target takes integer ids"),
    ((2, D), [1, 2, 3], ValueError, "target takes the sizes of hidden"),
])  # fmt: skip
def test_wrong_inputs_are_named(hidden: Any, target: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make()(np.zeros(hidden), target)


@pytest.mark.parametrize("kind, batches", [(SkipGram, SkipGramPairs), (CBOW, CBOWBatches)])
def test_training_reaches_the_conditional_entropy(kind: Any, batches: Any) -> None:
    """Each of the words 1 to 4 comes before one of 5 to 8, always the same one: nothing is left to guess."""
    corpus = TinyCorpus([[1, 5], [2, 6], [3, 7], [4, 8]] * 20, V)
    layer = build_output_layer("full", corpus.counts, 8, {"label_smoothing": 0.0, "sparse_grad": True})
    net = kind(V, 8, layer, sparse_grad=True)
    data = batches(corpus, 16, 1, subsampling="none")
    history = train(
        net, data, 4, 0.1, progress="none", valid=batches(corpus, 64, 1, subsampling="none", held_out=True)
    )
    assert history[0]["loss"] > 0.5
    assert history[-1]["valid_loss"] < 0.1
