"""The hierarchical softmax's log_prob: values, gradients, sums over classes, and the graph of symbols."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.reference import numeric_gradient, sigmoid
from oracles.walks import (
    CHAINER,
    CLASSES,
    COUNTS,
    HIDDEN,
    RNG,
    TREES,
    D,
    V,
    make,
    slow_log_prob,
    weight_of,
)  # fmt: skip

from gluon_softmax import BinaryTree
from gluon_softmax.backend import autograd, gluon, mx, np


@pytest.mark.parametrize("hybridize", [False, True])
def test_chainers_tree_sums_to_one(hybridize: bool, contexts: Any) -> None:
    """Chainer's test of BinaryHierarchicalSoftmax: the sum of exp(-loss) over all targets."""
    layer = make(contexts, hybridize, CHAINER, counts=[1, 2, 3, 4, 5])
    for ctx in contexts:
        for h in HIDDEN:
            hidden = np.array(numpy.tile(h, (5, 1)), ctx=ctx)
            loss = layer(hidden, numpy.arange(5)).asnumpy().astype(numpy.float64)
            assert abs(numpy.exp(-loss).sum() - 1) < 1e-5
            assert numpy.ptp(loss) > 0.1


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("tree", TREES)
def test_log_prob(tree: BinaryTree | None, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, tree)
    wanted = slow_log_prob(layer.tree, HIDDEN, weight_of(layer))
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(2, 4, D), ctx=ctx)
        log_prob = layer.log_prob(hidden)
        assert log_prob.shape == (2, 4, V) and log_prob.ctx == ctx
        numpy.testing.assert_allclose(log_prob.asnumpy().reshape(8, V), wanted, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_allclose(numpy.exp(log_prob.asnumpy()).sum(axis=-1), 1, rtol=1e-5)
        found = layer.predict(hidden)
        assert found.shape == (2, 4) and found.dtype == numpy.int32 and found.ctx == ctx
        numpy.testing.assert_array_equal(found.asnumpy().reshape(8), wanted.argmax(axis=1))
        best = layer.topk(hidden, 4)
        assert best.shape == (2, 4, 4) and best.dtype == numpy.int32 and best.ctx == ctx
        numpy.testing.assert_array_equal(
            best.asnumpy().reshape(8, 4), numpy.argsort(-wanted, axis=1, kind="stable")[:, :4]
        )


@pytest.mark.parametrize("hybridize", [False, True])
def test_the_gradient_of_log_prob(hybridize: bool) -> None:
    layer = make(hybridize=hybridize)
    weight = weight_of(layer)
    out_grad = RNG.normal(size=(8, V)).astype(numpy.float32)
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        log_prob = layer.log_prob(hidden)
    log_prob.backward(np.array(out_grad))
    numpy.testing.assert_allclose(
        hidden.grad.asnumpy(),
        numeric_gradient(lambda h: (slow_log_prob(layer.tree, h, weight) * out_grad).sum(), HIDDEN),
        rtol=1e-4,
        atol=1e-5,
    )
    numpy.testing.assert_allclose(
        layer.weight.grad().asnumpy(),
        numeric_gradient(lambda w: (slow_log_prob(layer.tree, HIDDEN, w) * out_grad).sum(), weight),
        rtol=1e-4,
        atol=1e-5,
    )


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(0, 1000), min_size=1, max_size=30), seed=st.integers(0, 2**32 - 1))
def test_random_counts(counts: list[int], seed: int) -> None:
    counts[seed % len(counts)] = 1
    layer = make(counts=counts)
    hidden = np.array(numpy.random.default_rng(seed).normal(size=(3, D)), dtype="float32")
    every = numpy.arange(len(counts))
    for h in hidden:
        loss = layer(np.tile(h, (len(counts), 1)), every).asnumpy().astype(numpy.float64)
        assert abs(numpy.exp(-loss).sum() - 1) < 1e-5


def test_a_tree_of_classes() -> None:
    """The first turns choose a class, the last ones a word in it; a class is as likely as its words."""
    layer = make(tree=CLASSES)
    weight = weight_of(layer)
    probability = numpy.exp(layer.log_prob(np.array(HIDDEN)).asnumpy())
    right = sigmoid(HIDDEN @ weight[CLASSES.root])
    numpy.testing.assert_allclose(probability[:, [4, 7, 1, 8]].sum(axis=1), right, rtol=1e-5)
    below = CLASSES.children[CLASSES.root, 1] - V
    third = (1 - right) * sigmoid(HIDDEN @ weight[below])
    numpy.testing.assert_allclose(probability[:, [0, 6, 2]].sum(axis=1), third, rtol=1e-4)


@pytest.mark.parametrize("counts", [COUNTS, [4]])
def test_log_prob_as_a_symbol(counts: Any, tmp_path: Path) -> None:
    """What an export does: the graph as JSON, read back, gives the same numbers for another batch size."""
    layer = make(counts=counts)
    arrays = layer.log_prob_inputs(mx.cpu())
    variables = [
        mx.sym.var(f"input{i}", dtype=array.dtype).as_np_ndarray()
        for i, array in enumerate([np.array(HIDDEN), *arrays])
    ]
    layer.log_prob_graph(mx.sym, *variables).save(str(tmp_path / "graph.json"))
    graph = gluon.SymbolBlock(mx.sym.load(str(tmp_path / "graph.json")).as_np_ndarray(), variables)
    for num in (8, 3):
        hidden = np.array(HIDDEN[:num])
        found = graph(hidden, *arrays)
        numpy.testing.assert_allclose(found.asnumpy(), layer.log_prob(hidden).asnumpy(), rtol=1e-6)
