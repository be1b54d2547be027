"""Counts to Huffman's tree, where frequent words have short codes, with word2vec.c's own codes and nodes."""

from __future__ import annotations

import math
from typing import Any

import numpy

from ..utils.checks import check_counts
from .binary_tree import BinaryTree


def build_huffman(counts: Any) -> BinaryTree:
    """The binary tree with the least Σ count · length of code (Huffman 1952); counts in any order.

    Equal counts are broken as word2vec.c's ``CreateBinaryTree`` breaks them, so falling counts give its
    very codes and its inner nodes: numbered as they are made, the lightest pair 0 and the root V − 2; the
    lighter child of a pair is turn 0. Words of count 0, which word2vec.c never has, cost nothing wherever
    they sit; they share one balanced branch, for otherwise they would form a chain V deep.

    Parameters
    ----------
    counts : numbers (V,) of at least 0, by word id; not all 0.

    Raises TypeError or ValueError for counts that are no such numbers.
    """
    weights = check_counts("counts", counts)
    with numpy.errstate(over="ignore"):
        total = weights.sum()
    if not math.isfinite(total):
        raise ValueError("counts takes numbers with a finite sum; got a sum beyond float64")
    vocab_size = weights.size
    order = numpy.argsort(-weights, kind="stable")  # falling, ties in the order of the ids
    num_zeros = int(numpy.count_nonzero(weights == 0))
    num_positive = vocab_size - num_zeros
    falling = weights[order].tolist()
    if num_zeros < 2:
        children = _merge(falling)
    else:
        # The zeros' own tree is merged first, over equal weights. Its root then stands for all of them, as
        # one leaf of weight 0 in the tree of the others, whose inner nodes come after it.
        zeros = _merge([1.0] * num_zeros) + num_positive
        rest = _merge([*falling[:num_positive], 0.0])
        rest[rest >= num_positive] += 2 * num_zeros - 2
        children = numpy.concatenate([zeros, rest])
    names = numpy.concatenate([order, numpy.arange(vocab_size, 2 * vocab_size - 1)])
    return BinaryTree.from_children(names[children], root=vocab_size - 2)


def _merge(falling: list[float]) -> numpy.ndarray:
    """Leaf weights (n,) → children (n − 1, 2): the lighter, the heavier; by two queues.

    Leaf i is i and inner node j is n + j. One queue has the leaves from the lightest, the other the inner
    nodes as they are made. Both rise, so the lightest node is always at the head of one; on equal weights
    the inner node goes first, as in word2vec.c. An infinite weight closes each queue. `falling` need not
    fall for a tree, only for Huffman's.
    """
    num_leaves = len(falling)
    leaves = [*reversed(falling), math.inf]
    inner = [math.inf] * num_leaves
    children: list[int] = []
    leaf = node = 0
    for made in range(num_leaves - 1):
        total = 0.0
        for _ in range(2):
            if leaves[leaf] < inner[node]:
                total += leaves[leaf]
                leaf += 1
                children.append(num_leaves - leaf)
            else:
                total += inner[node]
                children.append(num_leaves + node)
                node += 1
        inner[made] = total
    return numpy.array(children, dtype=numpy.int64).reshape(num_leaves - 1, 2)
