"""Searching and drawing words beside log_prob: random trees, ties, and most of the tree left out."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.walks import (
    CHAIN,
    CHAINER,
    CLASSES,
    HIDDEN,
    RNG,
    TREES,
    D,
    V,
    make,
    random_tree,
    slow_log_prob,
    weight_of,
)

from gluon_softmax import BinaryTree, balanced_tree
from gluon_softmax.backend import np
from gluon_softmax.output_layers import tree_search
from gluon_softmax.output_layers.tree_search import level_order


@settings(max_examples=40, deadline=None)
@given(
    num_words=st.integers(1, 30),
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([0.0, 0.1, 1.0, 10.0]),
    k=st.integers(1, 30),
)
def test_random_trees(num_words: int, seed: int, scale: float, k: int) -> None:
    """Probabilities sum to one, losses are those of log_prob, and the search finds what a sort would."""
    rng = numpy.random.default_rng(seed)
    layer = make(tree=random_tree(rng, num_words), scale=scale, counts=numpy.ones(num_words))
    k = min(k, num_words)
    hidden = np.array(rng.normal(size=(6, D)), dtype="float32")
    log_prob = layer.log_prob(hidden).asnumpy()  # (6, V)
    numpy.testing.assert_allclose(numpy.exp(log_prob.astype(numpy.float64)).sum(axis=1), 1, rtol=1e-5)
    target = rng.integers(num_words, size=6)
    loss = layer(hidden, target).asnumpy()
    numpy.testing.assert_allclose(loss, -log_prob[numpy.arange(6), target], rtol=1e-5, atol=1e-5)
    best = layer.topk(hidden, k).asnumpy()
    assert all(len(set(row)) == k for row in best.tolist())
    numpy.testing.assert_allclose(
        numpy.take_along_axis(log_prob, best, axis=1),
        -numpy.sort(-log_prob, axis=1)[:, :k],
        rtol=1e-5,
        atol=1e-6,
    )
    numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy(), best[:, 0])
    if scale in (0.1, 1.0):  # no ties, nothing beyond float32
        numpy.testing.assert_array_equal(best, numpy.argsort(-log_prob, axis=1)[:, :k])


def test_equal_probabilities_come_in_the_order_of_the_ids() -> None:
    layer = make(tree=balanced_tree(V), scale=0.0)  # words 0 to 6 have 3 turns, 7 and 8 have 4
    hidden = np.array(HIDDEN)
    for k in range(1, V + 1):
        numpy.testing.assert_array_equal(layer.topk(hidden, k).asnumpy(), [range(k)] * 8)
    numpy.testing.assert_array_equal(layer.log_prob(hidden).asnumpy().argmax(axis=1), 0)


@pytest.mark.parametrize("k", [1, 5])
def test_the_search_leaves_out_what_cannot_win(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """2,000 words: the search looks at a few of the nodes, and is right in every block of positions."""
    counts = numpy.maximum(1, 20_000 // numpy.arange(1, 2001))
    layer = make(counts=counts)
    num_scores = []
    scores = tree_search._scores

    def count(hidden: Any, weight: Any, positions: Any, nodes: Any) -> numpy.ndarray:
        num_scores.append(nodes.size)
        return scores(hidden, weight, positions, nodes)

    monkeypatch.setattr(tree_search, "_scores", count)
    monkeypatch.setattr(tree_search, "_MAX_POSITIONS", 7)
    monkeypatch.setattr(tree_search, "_MAX_PAIRS", 50)
    hidden = np.array(RNG.normal(size=(40, D)), dtype="float32")
    best = layer.topk(hidden, k).asnumpy()
    wanted = numpy.argsort(-layer.log_prob(hidden).asnumpy(), axis=1, kind="stable")[:, :k]
    numpy.testing.assert_array_equal(best, wanted)
    assert sum(num_scores) < 0.15 * 40 * 1999


@pytest.mark.parametrize("tree", TREES)
def test_samples_have_the_distribution(tree: BinaryTree | None) -> None:
    layer = make(tree=tree, scale=0.5)
    hidden = np.array(numpy.repeat(HIDDEN[:2], 10_000, axis=0).reshape(2, 10_000, D))
    drawn = layer.sample(hidden, numpy.random.default_rng(3))
    assert drawn.shape == (2, 10_000) and drawn.dtype == numpy.int32
    for words, h in zip(drawn.asnumpy(), HIDDEN):
        wanted = numpy.exp(slow_log_prob(layer.tree, h[None], weight_of(layer)))[0] * 10_000
        seen = numpy.bincount(words, minlength=V)
        assert wanted.min() > 5
        assert ((seen - wanted) ** 2 / wanted).sum() < 26.1  # 8 degrees of freedom: one seed in a thousand
    again = layer.sample(hidden, numpy.random.default_rng(3))
    numpy.testing.assert_array_equal(drawn.asnumpy(), again.asnumpy())
    numpy.random.seed(4)
    anew = [layer.sample(hidden).asnumpy() for _ in range(2)]
    assert (anew[0] != anew[1]).any()
    numpy.random.seed(4)
    numpy.testing.assert_array_equal(layer.sample(hidden).asnumpy(), anew[0])


def test_the_order_of_levels() -> None:
    """Every branch once, each below the inner node that its parent's place says."""
    for tree in (CHAINER, CLASSES, CHAIN, random_tree(RNG, 50)):
        order, num_words = level_order(tree), len(tree)
        turns, nodes = numpy.divmod(order.branches, num_words - 1)
        assert len(set(order.branches.tolist())) == 2 * num_words - 2
        above = numpy.array([tree.root])
        start, words = 0, []
        for num_inner, num_leaves in order.sizes:
            level = slice(start, start + num_inner + num_leaves)
            numpy.testing.assert_array_equal(nodes[level], above[order.parents[level]])
            children = tree.children[nodes[level], turns[level]]
            above = children[:num_inner] - num_words
            words += children[num_inner:].tolist()
            start = level.stop
        numpy.testing.assert_array_equal(numpy.array(words)[order.places], numpy.arange(num_words))


def test_wrong_questions_are_named() -> None:
    layer = make()
    for ask in (layer.log_prob, layer.predict, layer.sample, lambda hidden: layer.topk(hidden, 2)):
        with pytest.raises(ValueError, match=r"^hidden takes shape"):
            ask(np.zeros((2, D - 1)))
    for k, error in ((0, ValueError), (V + 1, ValueError), (1.5, TypeError)):
        with pytest.raises(error, match=r"^k takes"):
            layer.topk(np.zeros((2, D)), k)  # type: ignore[arg-type]
