"""Groups of pairs below the same nodes of a tree, beside a walk down each pair's path."""

from __future__ import annotations

from collections import Counter
from typing import Tuple

import numpy
import pytest
from oracles.blocks import CORPUS, B, V, W, pairs_of

from gluon_softmax import BinaryTree, SkipGramBlocks, balanced_tree, build_huffman
from gluon_softmax.data.skip_gram_blocks import SkipGramBlockBatch
from gluon_softmax.fused.node_span import NodeSpan
from gluon_softmax.fused.tree_groups import PairGrouping, PairGroups

Path = Tuple[Tuple[int, int], ...]


def chain(vocab_size: int) -> BinaryTree:
    """Every inner node has a word at turn 0, and the rest of the tree at turn 1."""
    codes = [[1] * w + [0] * (w < vocab_size - 1) for w in range(vocab_size)]
    return BinaryTree(codes, [list(range(len(code))) for code in codes])


TREES = {
    "huffman": build_huffman(numpy.maximum(CORPUS.counts, 1)),
    "balanced": balanced_tree(V),
    "chain": chain(V),
}


def all_batches() -> list[SkipGramBlockBatch]:
    return list(SkipGramBlocks(CORPUS, 8, W, 0, block_size=B, subsampling="none").epoch(0))


def arranged(
    tree: BinaryTree, size: int, per_step: int, batches: list[SkipGramBlockBatch]
) -> tuple[PairGroups, list[PairGroups]]:
    arrays = (numpy.concatenate(parts) for parts in zip(*batches))
    found = PairGrouping(tree, size, per_step).arrange(*arrays)
    assert found is not None
    sample, steps = found
    return sample, list(steps)


def walk(steps: list[PairGroups], size: int, per_step: int) -> Counter[tuple[int, Path]]:
    """How often each (context word, the nodes its pair passes, sorted, with the turn at each) is there."""
    found: Counter[tuple[int, Path]] = Counter()
    for step in steps:
        spans = NodeSpan.unpack(step.weight_row, step.label_row, size)
        for row, again in zip(spans.pack(size), (step.weight_row, step.label_row)):
            numpy.testing.assert_array_equal(row, again)
        assert (spans.begin <= spans.turn).all() and (spans.turn <= spans.end).all()
        nodes, begins, turns, ends = (a.reshape(per_step, -1).tolist() for a in (step.nodes, *spans))
        for k, contexts in enumerate(step.contexts.reshape(per_step, size).tolist()):
            for pair, context in enumerate(contexts):
                path = [
                    (node, int(pair >= turn))
                    for node, begin, turn, end in zip(nodes[k], begins[k], turns[k], ends[k])
                    if begin <= pair < end
                ]
                if path:  # what pads the last group passes nothing
                    found[context, tuple(sorted(path))] += 1
    return found


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
@pytest.mark.parametrize(("size", "per_step"), [(1, 3), (7, 2), (32, 1), (32, 4)])
def test_every_pair_is_there_once_with_the_nodes_and_turns_of_its_path(
    tree: BinaryTree, size: int, per_step: int
) -> None:
    batches = all_batches()
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


def test_a_step_holds_an_odd_number_of_nodes_per_group_and_none_twice() -> None:
    sample, steps = arranged(TREES["huffman"], 8, 2, all_batches())
    for step in (sample, *steps):
        columns = step.nodes.size // 2
        assert columns % 2 == 1 and step.contexts.size == 16
        for nodes, row in zip(step.nodes.reshape(2, -1), step.weight_row.reshape(2, -1)):
            real = nodes[row > 0]
            assert len(set(real.tolist())) == real.size and not nodes[row == 0].any()  # padded with 0
            span = NodeSpan.unpack(row[row > 0], row[row > 0], 8)
            assert (span.begin < span.end).all()


def test_the_same_pairs_give_the_same_steps_and_no_pairs_give_none() -> None:
    batches = all_batches()
    first, second = (arranged(TREES["huffman"], 8, 2, batches) for _ in range(2))
    for one, other in zip((first[0], *first[1]), (second[0], *second[1])):
        assert one.num_pairs == other.num_pairs
        for left, right in zip(one[1:], other[1:]):
            numpy.testing.assert_array_equal(left, right)
    words, before, after = batches[0]
    assert PairGrouping(TREES["huffman"], 8, 2).arrange(words, before * 0, after * 0) is None
