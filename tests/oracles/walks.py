"""Trees of nine words, a layer over them and its numbers by a walk in Python, for tests to compare with."""

from __future__ import annotations

from typing import Any

import numpy

from gluon_softmax import BinaryTree, HierarchicalSoftmax, balanced_tree, build_huffman
from gluon_softmax.backend import mx
from oracles.reference import softplus

V, D = 9, 5
COUNTS = numpy.array([40, 7, 0, 25, 3, 12, 1, 9, 30])
CHAINER = BinaryTree.from_nested(((0, 1), ((2, 3), 4)))
CLASSES = BinaryTree.from_nested((((4, 7), (1, 8)), ((0, (6, 2)), (3, 5))))  # four classes of words
CHAIN = build_huffman([2**i for i in range(V)])  # as deep as it is wide
TREES = [None, balanced_tree(V), CLASSES, CHAIN]
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=8).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8, 5, 2, 0, 4], dtype=numpy.int32)


def make(
    contexts: Any = None,
    hybridize: bool = False,
    tree: BinaryTree | None = None,
    scale: float = 1.0,
    counts: Any = COUNTS,
    **kwargs: Any,
) -> HierarchicalSoftmax:
    mx.random.seed(7)
    layer = HierarchicalSoftmax(counts, D, tree, **kwargs)
    layer.initialize(mx.init.Normal(scale), ctx=contexts)
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def weight_of(layer: HierarchicalSoftmax) -> numpy.ndarray:
    return layer.weight.list_data()[0].asnumpy().astype(numpy.float64)


def slow_loss(tree: BinaryTree, hidden: Any, weight: Any, target: Any) -> numpy.ndarray:
    """One position and one turn at a time; the label of a turn is 1 - code, as in word2vec.c."""
    losses = []
    for h, word in zip(hidden, target):
        loss = 0.0
        for code, point in zip(tree.codes[word].tolist(), tree.points[word].tolist()):
            label, score = 1 - code, float(weight[point] @ h)
            loss += float(softplus(-score)) if label else float(softplus(score))
        losses.append(loss)
    return numpy.array(losses)


def slow_log_prob(tree: BinaryTree, hidden: Any, weight: Any) -> numpy.ndarray:
    columns = [-slow_loss(tree, hidden, weight, [word] * len(hidden)) for word in range(len(tree))]
    return numpy.stack(columns, axis=1)  # (N, V)


def random_tree(rng: numpy.random.Generator, num_words: int) -> BinaryTree:
    """Any shape, any order of the words: two branches are joined at random until one is left."""
    branches: list[Any] = rng.permutation(num_words).tolist()
    while len(branches) > 1:
        first = branches.pop(rng.integers(len(branches)))
        second = branches.pop(rng.integers(len(branches)))
        branches.append((first, second))
    return BinaryTree.from_nested(branches[0])
