"""Pairs whose centres lie near each other in a tree, in bundles: the pairs of a node are a stretch of one.

Sorted by the leaf of their centre, the pairs below any node of the tree follow each other, first those that
take its turn 0, then those that take turn 1. So a bundle of a few dozen pairs shares most of its nodes: it
has little more than one path, and with which pairs a node meets is three numbers.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple

import numpy

from ..vocabulary.binary_tree import BinaryTree

_COLUMNS = 8  # nodes of a bundle are filled up to a multiple of it, and one more: few shapes, all of them odd


class Bundles(NamedTuple):
    """The bundles of a step, n of `size` pairs."""

    num_pairs: int  # those that are not there to fill the last bundle
    contexts: numpy.ndarray  # (n size,) of each pair the word whose vector predicts the centre
    nodes: numpy.ndarray  # (n columns,) of each bundle its inner nodes
    # (n columns,) begin (size + 1) + end: which pairs of its bundle pass the node, and which take turn 0
    passing: numpy.ndarray
    turning: numpy.ndarray


class TreeBundles:
    """``arrange(...)`` cuts the pairs of several batches into steps of `per_step` bundles of `size` pairs."""

    def __init__(self, tree: BinaryTree, size: int, per_step: int) -> None:
        self._size, self._per_step = size, per_step
        zero, points = tree.flat_codes == 0, tree.flat_points
        leaves = numpy.bincount(points, minlength=len(tree) - 1)
        on_turn_0 = numpy.bincount(points[zero], minlength=len(tree) - 1)
        passed = numpy.where(zero, 0, on_turn_0[points])  # leaves that a step leaves to its left
        before = numpy.append(0, numpy.cumsum(passed))
        at_root = before[tree.offsets]  # (V + 1,)
        rank = numpy.diff(at_root)  # of each word, from left to right
        self._rank = rank.astype(numpy.uint16 if len(tree) <= 1 << 16 else numpy.int32)  # sorted faster
        first = numpy.empty(len(tree) - 1, dtype=numpy.int64)  # leaf below each node
        first[points] = before[:-1] - numpy.repeat(at_root[:-1], tree.lengths)
        self._first, self._turn, self._end = first, first + on_turn_0, first + leaves

    def arrange(
        self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray
    ) -> tuple[Bundles, Iterator[Bundles]] | None:
        """A sample of the pairs, as much as a step, and the steps; for blocks of words (blocks, b + 2 W)
        whose centres have `left` and `right` (blocks, b) context words. Bundles with about as many nodes go
        into one step, and the steps come in any order. None if there are no pairs.
        """
        contexts, pairs_before = self._pairs(words, left, right)
        if not contexts.size:
            return None
        steps = -(-contexts.size // (self._size * self._per_step))
        bundles = steps * self._per_step
        filled = numpy.clip(contexts.size - numpy.arange(bundles) * self._size, 0, self._size)
        found = self._nodes(pairs_before)
        num_nodes = numpy.bincount(found[0], minlength=bundles)
        columns = -(-num_nodes // _COLUMNS) * _COLUMNS + 1
        rng = numpy.random.default_rng(contexts.size)  # any order will do, but the same for the same pairs
        order = rng.permutation(bundles)
        sample = order[None, : self._per_step]
        order = order[numpy.argsort(columns[order], kind="stable")].reshape(steps, -1)
        contexts = numpy.pad(contexts, (0, bundles * self._size - contexts.size)).reshape(-1, self._size)
        laid_out = list(self._lay_out(order, columns, num_nodes, contexts, filled, found))
        (sampled,) = self._lay_out(sample, columns, num_nodes, contexts, filled, found)
        return sampled, (laid_out[k] for k in rng.permutation(steps))

    def _lay_out(
        self,
        order: numpy.ndarray,
        columns: numpy.ndarray,
        num_nodes: numpy.ndarray,
        contexts: numpy.ndarray,
        filled: numpy.ndarray,
        found: tuple[numpy.ndarray, ...],
    ) -> Iterator[Bundles]:
        """The bundles in `order` (steps, n), from all of them: those with most columns decide for a step."""
        steps, n, size = *order.shape, self._size
        columns = columns[order].max(axis=1)
        starts = numpy.append(0, numpy.cumsum(columns * n))
        place = numpy.full(num_nodes.size, -1)
        place[order] = starts[:-1, None] + numpy.arange(n) * columns[:, None]
        here = numpy.flatnonzero(place[found[0]] >= 0)
        bundle, node, begin, turn, end = (array[here] for array in found)
        place -= numpy.cumsum(num_nodes) - num_nodes
        place = place[bundle] + here
        nodes, passing, turning = numpy.zeros((3, starts[-1]), dtype=numpy.int32)
        nodes[place] = node
        passing[place] = begin * (size + 1) + end
        turning[place] = begin * (size + 1) + turn
        num_pairs = filled[order].sum(axis=1).tolist()
        for k in range(steps):
            part = slice(starts[k], starts[k + 1])
            yield Bundles(num_pairs[k], contexts[order[k]].ravel(), nodes[part], passing[part], turning[part])

    def _pairs(
        self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray
    ) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The pairs' context words, from the leftmost centre in the tree to the rightmost, and how many pairs
        there are before each leaf (V + 1,).
        """
        blocks, b = left.shape
        reach = (words.shape[1] - b) // 2
        place = (numpy.arange(blocks)[:, None] * words.shape[1] + reach + numpy.arange(b)).ravel()
        words = words.ravel()
        rank = self._rank[words[place]]
        order = numpy.argsort(rank, kind="stable")
        left, number = left.ravel(), (left + right).ravel()
        before = numpy.bincount(rank, number, self._rank.size)
        place, left, number = place[order], left[order], number[order]
        ends = numpy.cumsum(number)
        offset = numpy.arange(ends[-1]) - numpy.repeat(ends - number + left, number)
        offset += offset >= 0  # the centre itself is none of its context words
        contexts = words[numpy.repeat(place, number) + offset]
        return contexts, numpy.append(0, numpy.cumsum(before)).astype(numpy.int64)

    def _nodes(self, pairs_before: numpy.ndarray) -> tuple[numpy.ndarray, ...]:
        """All nodes of all bundles, bundle by bundle: bundle, node, and where in it the node's pairs begin,
        where those that take turn 1 do, and where they end.
        """
        begin, turn, end = (pairs_before[leaf] for leaf in (self._first, self._turn, self._end))
        met = numpy.flatnonzero(end > begin)
        first = begin[met] // self._size
        number = (end[met] - 1) // self._size - first + 1  # of bundles
        node = numpy.repeat(met, number)
        bundle = numpy.arange(node.size) - numpy.repeat(numpy.cumsum(number) - number - first, number)
        order = numpy.argsort(bundle.astype(numpy.uint16 if bundle.max() < 1 << 16 else int), kind="stable")
        bundle, node = bundle[order], node[order]
        low = bundle * self._size
        edges = (numpy.clip(edge[node] - low, 0, self._size) for edge in (begin, turn, end))
        return (bundle, node, *edges)
