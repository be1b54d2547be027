"""Huffman's tree of counts, in which frequent words have short codes, with word2vec.c's codes and nodes."""

from __future__ import annotations

import math

import numpy

from ..utils.checks import check_counts
from ..utils.types import Numbers
from .binary_tree import BinaryTree


def build_huffman(counts: Numbers) -> BinaryTree:
    """The binary tree with the least Σ count · length of code (Huffman 1952); counts in any order.

    Ties are broken as in word2vec.c's ``CreateBinaryTree``, so falling counts give its codes and its inner
    nodes: they are numbered as they are made, the lightest pair 0 and the root V − 2; the lighter child of a
    pair is turn 0. Words of count 0, which word2vec.c never has, cost nothing in any place; they share one
    balanced branch, for otherwise they would form a chain V deep.

    Parameters
    ----------
    counts : numbers (V,) of at least 0, by word id; not all 0.

    Raises TypeError or ValueError for counts that are not such numbers.
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
        # The zeros' own tree is merged first, over equal weights. Its root is then one leaf of weight 0 in
        # the tree of the others, whose inner nodes are numbered after those of the zeros.
        zeros = _merge([1.0] * num_zeros) + num_positive
        rest = _merge([*falling[:num_positive], 0.0])
        rest[rest >= num_positive] += 2 * num_zeros - 2
        children = numpy.concatenate([zeros, rest])
    names = numpy.concatenate([order, numpy.arange(vocab_size, 2 * vocab_size - 1)])
    return BinaryTree.from_children(names[children], root=vocab_size - 2)


def _merge(falling: list[float]) -> numpy.ndarray:
    """Merge the two lightest nodes until one is left: leaf weights (n,) → children (n − 1, 2), lighter first.

    Leaf i is i and inner node j is n + j. There are two queues, one of the leaves from the lightest, the
    other of the inner nodes as they are made. Both rise, so the lightest node is always at the head of one
    of them; of equal weights the inner node comes first, as in word2vec.c. An infinite weight ends each
    queue. Any order of `falling` gives a tree, and falling order gives Huffman's.
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
