"""Bundles of pairs below the same nodes of a tree, beside a walk down each pair's path."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy
import pytest
from oracles.blocks import CORPUS, B, V, W, pairs_of

from gluon_softmax import BinaryTree, SkipGramBlocks, balanced_tree, build_huffman
from gluon_softmax.fused.tree_bundles import TreeBundles


def chain(vocab_size: int) -> BinaryTree:
    """Every inner node has a word at turn 0, and the rest of the tree at turn 1."""
    codes = [[1] * w + [0] * (w < vocab_size - 1) for w in range(vocab_size)]
    return BinaryTree(codes, [list(range(len(code))) for code in codes])


TREES = {
    "huffman": build_huffman(numpy.maximum(CORPUS.counts, 1)),
    "balanced": balanced_tree(V),
    "chain": chain(V),
}


def arranged(tree: BinaryTree, size: int, per_step: int, batches: list[Any]) -> tuple[Any, list[Any]]:
    arrays = (numpy.concatenate(parts) for parts in zip(*batches))
    sample, steps = TreeBundles(tree, size, per_step).arrange(*arrays)
    return sample, list(steps)


def walk(steps: list[Any], size: int, per_step: int) -> Counter[tuple[int, tuple[tuple[int, int], ...]]]:
    """How often each (context word, the nodes its pair passes, sorted, with the turn at each) is there."""
    found: Counter[Any] = Counter()
    for step in steps:
        nodes, passing, turning = (array.reshape(per_step, -1).tolist() for array in step[2:])
        for k, contexts in enumerate(step.contexts.reshape(per_step, size).tolist()):
            for pair, context in enumerate(contexts):
                path = []
                for node, passes, turns in zip(nodes[k], passing[k], turning[k]):
                    begin, end = divmod(passes, size + 1)
                    assert divmod(turns, size + 1)[0] == begin and begin <= turns % (size + 1) <= end
                    if begin <= pair < end:
                        path.append((node, int(pair >= turns % (size + 1))))
                if path:  # what fills the last bundle passes nothing
                    found[context, tuple(sorted(path))] += 1
    return found


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
@pytest.mark.parametrize(("size", "per_step"), [(1, 3), (7, 2), (32, 1), (32, 4)])
def test_every_pair_is_there_once_with_the_nodes_and_turns_of_its_path(
    tree: BinaryTree, size: int, per_step: int
) -> None:
    batches = list(SkipGramBlocks(CORPUS, 8, W, 0, block_size=B, subsampling="none").epoch(0))
    expected = Counter(
        (context, tuple(sorted(zip(tree.points[center].tolist(), tree.codes[center].tolist()))))
        for batch in batches
        for center, context, _ in pairs_of(batch)
    )
    sample, steps = arranged(tree, size, per_step, batches)
    assert walk(steps, size, per_step) == expected
    total = sum(expected.values())
    assert sum(step.num_pairs for step in steps) == total > 300
    assert len(steps) == -(-total // (size * per_step))
    sampled = walk([sample], size, per_step)
    assert sum(sampled.values()) == sample.num_pairs > 0 and not sampled - expected


def test_a_step_holds_an_odd_number_of_nodes_a_bundle_and_none_twice() -> None:
    batches = list(SkipGramBlocks(CORPUS, 8, W, 0, block_size=B, subsampling="none").epoch(0))
    sample, steps = arranged(TREES["huffman"], 8, 2, batches)
    for step in (sample, *steps):
        columns = step.nodes.size // 2
        assert columns % 2 == 1 and step.contexts.size == 16
        for nodes, passing in zip(step.nodes.reshape(2, -1), step.passing.reshape(2, -1)):
            real = nodes[passing > 0]
            assert len(set(real.tolist())) == real.size and not nodes[passing == 0].any()  # filled with 0
            assert all(begin < end for begin, end in (divmod(p, 9) for p in passing[passing > 0].tolist()))


def test_the_same_pairs_give_the_same_steps_and_no_pairs_give_none() -> None:
    batches = list(SkipGramBlocks(CORPUS, 8, W, 0, block_size=B, subsampling="none").epoch(0))
    first, second = (arranged(TREES["huffman"], 8, 2, batches) for _ in range(2))
    for one, other in zip((first[0], *first[1]), (second[0], *second[1])):
        for left, right in zip(one, other):
            numpy.testing.assert_array_equal(left, right)
    words, left, right = batches[0]
    assert TreeBundles(TREES["huffman"], 8, 2).arrange(words, left * 0, right * 0) is None
