"""Pairs whose centres are neighbours in a tree, in groups: each node's pairs are a span of its group.

Sorted by the leaf of their centre, from left to right in the tree, the pairs below any node are consecutive:
first those that take its turn 0, then those that take its turn 1. So a group of a few dozen pairs shares most
of its nodes: it has little more than one path, and a `NodeSpan` says which of its pairs pass a node.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple

import numpy

from ..vocabulary.binary_tree import BinaryTree
from .node_span import NodeSpan

_COLUMN_MULTIPLE = 8  # a group's nodes are padded to a multiple of it, plus one: few shapes, all of them odd


class PairGroups(NamedTuple):
    """The n groups of a step, of `group_size` pairs and equally many nodes ("columns") each."""

    num_pairs: int  # without the padding of the last group
    contexts: numpy.ndarray  # (n group_size,), the word of each pair whose vector predicts the centre
    nodes: numpy.ndarray  # (n columns,), the inner nodes of each group
    weight_row: numpy.ndarray  # (n columns,), the pairs that pass each node, see `NodeSpan.pack`
    label_row: numpy.ndarray  # (n columns,), those of them that take turn 0 there


class _GroupNodes(NamedTuple):
    """Every node of every group, group by group: arrays of one length."""

    group: numpy.ndarray
    node: numpy.ndarray
    span: NodeSpan  # within the group


class _Groups(NamedTuple):
    """All groups of an `arrange`, in the order of the tree's leaves."""

    contexts: numpy.ndarray  # (groups, group_size)
    num_pairs: numpy.ndarray  # (groups,)
    num_nodes: numpy.ndarray  # (groups,)
    columns: numpy.ndarray  # (groups,), `num_nodes` padded
    nodes: _GroupNodes


class PairGrouping:
    """``arrange(...)`` cuts the pairs of several batches into steps of equally many groups.

    Parameters
    ----------
    tree : the words are its leaves.
    group_size : pairs in a group.
    groups_per_step : n.
    """

    def __init__(self, tree: BinaryTree, group_size: int, groups_per_step: int) -> None:
        self._size, self._per_step = group_size, groups_per_step
        is_turn_0, points = tree.flat_codes == 0, tree.flat_points
        leaves = numpy.bincount(points, minlength=len(tree) - 1)  # below each node
        on_turn_0 = numpy.bincount(points[is_turn_0], minlength=len(tree) - 1)
        # Along every path, the leaves to the left of each turn: those on turn 0 where turn 1 is taken.
        to_the_left = numpy.where(is_turn_0, 0, on_turn_0[points])
        before = numpy.append(0, numpy.cumsum(to_the_left))
        before_path = before[tree.offsets]  # (V + 1,)
        rank = numpy.diff(before_path)  # of each word's leaf, from left to right
        self._rank = rank.astype(numpy.uint16 if len(tree) <= 1 << 16 else numpy.int32)  # sorted faster
        first = numpy.empty(len(tree) - 1, dtype=numpy.int64)
        first[points] = before[:-1] - numpy.repeat(before_path[:-1], tree.lengths)
        self._leaves = NodeSpan(first, first + on_turn_0, first + leaves)  # below each node, by rank

    def arrange(
        self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray
    ) -> tuple[PairGroups, Iterator[PairGroups]] | None:
        """A sample of the pairs, as large as a step, and the steps; None if there are no pairs.

        For blocks of words (blocks, b + 2 W) whose centres have `left` and `right` (blocks, b) context words.
        Groups with similar numbers of nodes are stepped together, and the steps come in random order, the
        same for the same pairs.
        """
        contexts, pairs_before = self._sorted_pairs(words, left, right)
        if not contexts.size:
            return None
        num_steps = -(-contexts.size // (self._size * self._per_step))
        groups = self._groups(contexts, pairs_before, num_steps * self._per_step)
        rng = numpy.random.default_rng(contexts.size)  # any order will do, but the same for the same pairs
        order = rng.permutation(num_steps * self._per_step)
        sample = order[None, : self._per_step]
        order = order[numpy.argsort(groups.columns[order], kind="stable")].reshape(num_steps, -1)
        steps = list(_lay_out(groups, order))
        (sampled,) = _lay_out(groups, sample)
        return sampled, (steps[k] for k in rng.permutation(num_steps))

    def _sorted_pairs(
        self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray
    ) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Sort the pairs by their centre's leaf, from left to right.

        The context word of each pair, and how many pairs there are before each leaf (V + 1,).
        """
        blocks, b = left.shape
        reach = (words.shape[1] - b) // 2
        place = (numpy.arange(blocks)[:, None] * words.shape[1] + reach + numpy.arange(b)).ravel()
        words = words.ravel()
        rank = self._rank[words[place]]
        order = numpy.argsort(rank, kind="stable")
        left, number = left.ravel(), (left + right).ravel()
        per_leaf = numpy.bincount(rank, number, self._rank.size)
        place, left, number = place[order], left[order], number[order]
        ends = numpy.cumsum(number)
        offset = numpy.arange(ends[-1]) - numpy.repeat(ends - number + left, number)
        offset += offset >= 0  # the centre itself is none of its context words
        contexts = words[numpy.repeat(place, number) + offset]
        return contexts, numpy.append(0, numpy.cumsum(per_leaf)).astype(numpy.int64)

    def _groups(self, contexts: numpy.ndarray, pairs_before: numpy.ndarray, num_groups: int) -> _Groups:
        """The sorted pairs cut into groups, the last of them padded with pairs that pass no node."""
        size = self._size
        num_pairs = numpy.clip(contexts.size - numpy.arange(num_groups) * size, 0, size)
        nodes = self._nodes(pairs_before)
        num_nodes = numpy.bincount(nodes.group, minlength=num_groups)
        columns = -(-num_nodes // _COLUMN_MULTIPLE) * _COLUMN_MULTIPLE + 1
        padded = numpy.pad(contexts, (0, num_groups * size - contexts.size)).reshape(-1, size)
        return _Groups(padded, num_pairs, num_nodes, columns, nodes)

    def _nodes(self, pairs_before: numpy.ndarray) -> _GroupNodes:
        """All nodes of all groups, group by group."""
        size = self._size
        pairs = NodeSpan(*(pairs_before[leaf] for leaf in self._leaves))  # below each node, in all groups
        passed = numpy.flatnonzero(pairs.end > pairs.begin)
        first = pairs.begin[passed] // size
        number = (pairs.end[passed] - 1) // size - first + 1  # of groups
        node = numpy.repeat(passed, number)
        group = numpy.arange(node.size) - numpy.repeat(numpy.cumsum(number) - number - first, number)
        order = numpy.argsort(group.astype(numpy.uint16 if group.max() < 1 << 16 else int), kind="stable")
        group, node = group[order], node[order]
        start = group * size
        return _GroupNodes(
            group, node, NodeSpan(*(numpy.clip(edge[node] - start, 0, size) for edge in pairs))
        )


def _lay_out(groups: _Groups, order: numpy.ndarray) -> Iterator[PairGroups]:
    """The steps whose groups are the rows of `order` (steps, n).

    In a step all groups have as many columns as the one that needs most.
    """
    num_steps, n = order.shape
    columns = groups.columns[order].max(axis=1)  # of each step
    starts = numpy.append(0, numpy.cumsum(columns * n))
    group_start = numpy.full(groups.num_nodes.size, -1)  # of each group, its first column
    group_start[order] = starts[:-1, None] + numpy.arange(n) * columns[:, None]
    chosen = numpy.flatnonzero(group_start[groups.nodes.group] >= 0)  # nodes of the groups in `order`
    group, node = groups.nodes.group[chosen], groups.nodes.node[chosen]
    first_node = numpy.cumsum(groups.num_nodes) - groups.num_nodes
    column = (group_start - first_node)[group] + chosen
    nodes, weight_row, label_row = numpy.zeros((3, starts[-1]), dtype=numpy.int32)
    nodes[column] = node
    span = NodeSpan(*(edge[chosen] for edge in groups.nodes.span))
    weight_row[column], label_row[column] = span.pack(groups.contexts.shape[1])
    num_pairs = groups.num_pairs[order].sum(axis=1).tolist()
    for k in range(num_steps):
        part = slice(starts[k], starts[k + 1])
        yield PairGroups(
            num_pairs[k], groups.contexts[order[k]].ravel(), nodes[part], weight_row[part], label_row[part]
        )
