"""Words that are never a target, such as `<unk>` of a skip-gram, stand in no path that others pay for."""

from __future__ import annotations

import numpy
import pytest
from oracles.trees import heap_cost

from gluon_softmax import HierarchicalSoftmax, NegativeSampling, SkipGram, balanced_tree, load_corpus
from gluon_softmax.backend import np

COUNTS = numpy.array([900, 500, 300, 200, 120, 80, 50, 20, 10, 3])


def test_unk_makes_no_code_of_the_skip_gram_longer_but_that_of_the_rarest_word() -> None:
    whole, left = HierarchicalSoftmax(COUNTS, 4), HierarchicalSoftmax(COUNTS, 4, exclude=[0])
    alone = HierarchicalSoftmax(COUNTS[1:], 4)  # a vocabulary without it
    numpy.testing.assert_array_equal(left.tree.lengths[1:-1], alone.tree.lengths[:-1])
    assert left.tree.lengths[-1] == alone.tree.lengths[-1] + 1
    assert left.tree.lengths[0] == left.tree.lengths[-1]  # beside the rarest
    costs = [int((layer.tree.lengths * COUNTS)[1:].sum()) for layer in (whole, left)]
    assert costs[1] == heap_cost(COUNTS[1:].tolist()) + COUNTS[-1] < costs[0]


def test_several_excluded_words_cost_the_rarest_word_one_turn_together() -> None:
    layer = HierarchicalSoftmax(COUNTS, 4, exclude=(0, 3, 8))
    kept = numpy.delete(numpy.arange(10), (0, 3, 8))
    alone = HierarchicalSoftmax(COUNTS[kept], 4)
    numpy.testing.assert_array_equal(
        layer.tree.lengths[kept] - alone.tree.lengths, [0] * (len(kept) - 1) + [1]
    )


def test_codes_of_mini_ptb_are_shorter() -> None:
    counts = load_corpus("mini_ptb", min_freq=10).counts
    drawn = counts * (numpy.arange(counts.size) > 0)
    with_unk, without = (
        (drawn * HierarchicalSoftmax(counts, 4, exclude=ids).tree.lengths).sum() / drawn.sum()
        for ids in ([], [0])
    )
    assert without < with_unk - 0.05


def test_every_word_has_its_probability_still() -> None:
    layer = HierarchicalSoftmax(COUNTS, 4, exclude=[0])
    layer.initialize()
    hidden = np.array(numpy.random.default_rng(0).normal(size=(10, 4)), dtype="float32")
    log_prob = layer.log_prob(hidden).asnumpy()
    numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1, rtol=1e-5)
    losses = layer(hidden, numpy.arange(10)).asnumpy()
    numpy.testing.assert_allclose(losses, -log_prob[numpy.arange(10), numpy.arange(10)], rtol=1e-5)


def test_without_the_argument_the_tree_is_that_of_the_counts_whatever_the_model() -> None:
    """Parameters that were saved belong to it."""
    layer, expected = HierarchicalSoftmax(COUNTS, 4), HierarchicalSoftmax(COUNTS, 4).tree
    SkipGram(10, 4, layer)
    numpy.testing.assert_array_equal(layer.tree.children, expected.children)
    assert NegativeSampling(COUNTS, 4).vocab_size == layer.vocab_size


def test_what_cannot_be_excluded_is_named() -> None:
    with pytest.raises(ValueError, match="exclude"):
        HierarchicalSoftmax(COUNTS, 4, exclude=[10])
    with pytest.raises(ValueError, match=r"^exclude takes no ids with a tree of one's own; got \[0\]$"):
        HierarchicalSoftmax(COUNTS, 4, balanced_tree(10), exclude=[0])
    with pytest.raises(ValueError, match="counts"):
        HierarchicalSoftmax(COUNTS, 4, exclude=range(10))
