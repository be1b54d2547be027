"""Training a hierarchical softmax: word2vec's step, two contexts, checkpoints, and what it learns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.reference import TinyCorpus, sigmoid
from oracles.walks import (
    COUNTS,
    HIDDEN,
    TARGET,
    D,
    V,
    make,
    weight_of,
)  # fmt: skip

from gluon_softmax import CBOW, CBOWBatches, HierarchicalSoftmax, SkipGram, SkipGramPairs, train
from gluon_softmax.backend import autograd, gluon, mx, np


def test_one_step_of_sgd_is_word2vecs() -> None:
    """word2vec.c: g = (1 - code - f) alpha; the hidden vector's update is gathered and added at the end."""
    layer, alpha = make(), 0.025
    for h, word in zip(HIDDEN, TARGET):
        weight = weight_of(layer)
        held_back = numpy.zeros(D)
        wanted = weight.copy()
        for code, point in zip(layer.tree.codes[word], layer.tree.points[word]):
            g = (1 - code - sigmoid(h @ weight[point])) * alpha
            held_back += g * weight[point]
            wanted[point] += g * h
        hidden = np.array(h[None])
        hidden.attach_grad()
        trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": alpha}, kvstore=None)
        with autograd.record():
            loss = layer(hidden, numpy.array([word]))
        loss.backward()
        trainer.step(1)
        numpy.testing.assert_allclose(weight_of(layer), wanted, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_allclose(-alpha * hidden.grad.asnumpy()[0], held_back, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_the_trees_vectors_are_saved_and_loaded(sparse_grad: bool, contexts: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "net.params")
    net = SkipGram(V, D, make())
    net.embed.initialize(ctx=mx.cpu())
    net.save_parameters(path)
    loaded = SkipGram(V, D, HierarchicalSoftmax(COUNTS, D, sparse_grad=sparse_grad))
    loaded.load_parameters(path, ctx=contexts)
    for ctx in contexts:
        found = loaded.output_layer(np.array(HIDDEN, ctx=ctx), TARGET).asnumpy()
        numpy.testing.assert_array_equal(found, net.output_layer(np.array(HIDDEN), TARGET).asnumpy())
    other = SkipGram(V + 1, D, HierarchicalSoftmax(numpy.ones(V + 1), D))
    with pytest.raises(AssertionError, match="shape"):
        other.load_parameters(path)


def make_corpus() -> TinyCorpus:
    """Words 1 to 8 in couples: 1 is beside 2, 3 beside 4, and so on."""
    rng = numpy.random.default_rng(3)
    return TinyCorpus([rng.permutation([2 * i + 1, 2 * i + 2]) for i in rng.integers(0, 4, 80)], V)


def train_once(kind: type, contexts: Any, num_epochs: int, sparse_grad: bool, **kwargs: Any) -> Any:
    corpus = make_corpus()
    layer = HierarchicalSoftmax(numpy.maximum(corpus.counts, 1), D, sparse_grad=sparse_grad)
    net = kind(V, D, layer, sparse_grad)
    batches = (SkipGramPairs if kind is SkipGram else CBOWBatches)(corpus, 17, 2, subsampling="none")
    history = train(net, batches, num_epochs, 0.1, "adam", contexts, progress="none", **kwargs)
    return net, history


def parameters(net: Any) -> list[numpy.ndarray]:
    found = []
    for parameter in net._collect_params_with_prefix().values():
        copies = [data.asnumpy() for data in parameter.list_data()]
        for copy in copies[1:]:
            numpy.testing.assert_array_equal(copy, copies[0])
        found.append(copies[0])
    return found


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_training_finds_the_couples(kind: type, sparse_grad: bool, contexts: Any) -> None:
    net, history = train_once(kind, contexts, 15, sparse_grad)
    assert history[-1]["loss"] < 0.2 * history[0]["loss"]
    predicted = net.output_layer.predict(net.embed(np.arange(1, V, dtype="int32", ctx=contexts[0])))
    numpy.testing.assert_array_equal(predicted.asnumpy(), [2, 1, 4, 3, 6, 5, 8, 7])


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_two_contexts_equal_one(kind: type, sparse_grad: bool) -> None:
    one, two = (train_once(kind, ctxs, 2, sparse_grad) for ctxs in ([mx.cpu(1)], [mx.cpu(0), mx.cpu(1)]))
    for a, b in zip(parameters(one[0]), parameters(two[0])):
        numpy.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
    for a, b in zip(one[1], two[1]):
        assert abs(a["loss"] - b["loss"]) < 1e-4 * a["loss"]


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, _ = train_once(SkipGram, None, 3, True)
    train_once(SkipGram, None, 1, True, checkpoint=tmp_path)
    resumed, history = train_once(SkipGram, None, 3, True, checkpoint=tmp_path)
    assert [metrics["epoch"] for metrics in history] == [1, 2, 3]
    for a, b in zip(parameters(whole), parameters(resumed)):
        numpy.testing.assert_array_equal(a, b)
