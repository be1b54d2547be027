"""Searches of a binary tree of words that visit only a part of it: the likeliest words, or a random word.

All positions of a batch descend together, one level at a time, on the host. A frontier is three flat arrays:
positions (M,), inner nodes (M,) and the log-probabilities (M,) of reaching them.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

import numpy

from ..vocabulary.binary_tree import BinaryTree

# What is searched and multiplied at a time, so that memory stays small where nothing can be pruned.
_MAX_POSITIONS = 512
_MAX_PAIRS = 1 << 15


class LevelOrder(NamedTuple):
    """A tree's 2 V − 2 branches, level by level from the root, those to inner nodes first in each level."""

    branches: numpy.ndarray  # (2 V − 2,) int32, turn · (V − 1) + the inner node where the turn is taken
    parents: numpy.ndarray  # (2 V − 2,) int32, which inner node of the level above that is
    places: numpy.ndarray  # (V,) int32, where each word is among the leaves of all levels
    sizes: list[tuple[int, int]]  # of each level: inner nodes and leaves below it


def level_order(tree: BinaryTree) -> LevelOrder:
    """The order in which the log-probabilities of all words are added up; `tree` has two words or more."""
    num_words = len(tree)
    nodes = numpy.array([tree.root])
    branches, parents, words, sizes = [], [], [], []
    while nodes.size:
        children = tree.children[nodes].T.ravel()  # (2 n,), first those of turn 0
        inner_first = numpy.argsort(children < num_words, kind="stable")
        children = children[inner_first]
        turns, above = numpy.divmod(inner_first, nodes.size)
        branches.append(turns * (num_words - 1) + nodes[above])
        parents.append(above)
        num_inner = int(numpy.count_nonzero(children >= num_words))
        sizes.append((num_inner, children.size - num_inner))
        words.append(children[num_inner:])
        nodes = children[:num_inner] - num_words
    places = numpy.empty(num_words, dtype=numpy.int32)
    places[numpy.concatenate(words)] = numpy.arange(num_words)
    return LevelOrder(
        numpy.concatenate(branches).astype(numpy.int32),
        numpy.concatenate(parents).astype(numpy.int32),
        places,
        sizes,
    )


def best_words(tree: BinaryTree, hidden: numpy.ndarray, weight: numpy.ndarray, k: int) -> numpy.ndarray:
    """The `k` likeliest words per position: hidden (N, d), weight (V − 1, d) -> int64 (N, k).

    The likeliest comes first, equal ones are in the order of their ids. The probability of a node bounds that
    of every word below it. So a beam of width k first finds k words, and then only nodes no less likely than
    the last of these are visited.
    """
    if len(tree) == 1 or not len(hidden):
        return numpy.zeros((len(hidden), k), dtype=numpy.int64)
    blocks = [hidden[start : start + _MAX_POSITIONS] for start in range(0, len(hidden), _MAX_POSITIONS)]
    return numpy.concatenate([_search(tree, block, weight, k) for block in blocks])


def _search(tree: BinaryTree, hidden: numpy.ndarray, weight: numpy.ndarray, k: int) -> numpy.ndarray:
    def in_beam(positions: numpy.ndarray, nodes: numpy.ndarray, log_prob: numpy.ndarray) -> numpy.ndarray:
        return _ranked(positions, nodes, log_prob, k)

    found = _descend(tree, hidden, weight, in_beam)
    kth = _ranked(*found, k)[k - 1 :: k]
    bound = found[2][kth]  # (N,)

    def may_win(positions: numpy.ndarray, _nodes: numpy.ndarray, log_prob: numpy.ndarray) -> numpy.ndarray:
        return numpy.flatnonzero(~(log_prob < bound[positions]))  # so NaN stays, as in argmax

    positions, words, log_prob = _descend(tree, hidden, weight, may_win)
    best: numpy.ndarray = words[_ranked(positions, words, log_prob, k)].reshape(-1, k)
    return best


def _descend(
    tree: BinaryTree,
    hidden: numpy.ndarray,
    weight: numpy.ndarray,
    keep: Callable[[numpy.ndarray, numpy.ndarray, numpy.ndarray], numpy.ndarray],
) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Every (position, word, log-probability) that is reached below the nodes that `keep` chooses.

    ``keep(positions, nodes, log_prob)`` gives the indices of the inner nodes of a frontier that are visited.
    """
    num_words = len(tree)
    positions = numpy.arange(len(hidden))
    nodes = numpy.full(len(hidden), tree.root)
    log_prob = numpy.zeros(len(hidden))
    reached = []
    while nodes.size:
        scores = _scores(hidden, weight, positions, nodes)  # (M,)
        steps = numpy.stack([-numpy.logaddexp(0, -scores), -numpy.logaddexp(0, scores)], axis=1)
        log_prob = (log_prob[:, None] + steps).ravel()  # (2 M,)
        children = tree.children[nodes].ravel()
        positions = numpy.repeat(positions, 2)
        leaf = children < num_words
        reached.append((positions[leaf], children[leaf], log_prob[leaf]))
        positions, nodes, log_prob = positions[~leaf], children[~leaf] - num_words, log_prob[~leaf]
        kept = keep(positions, nodes, log_prob)
        positions, nodes, log_prob = positions[kept], nodes[kept], log_prob[kept]
    columns = [numpy.concatenate(column) for column in zip(*reached)]
    return columns[0], columns[1], columns[2]


def _ranked(positions: numpy.ndarray, ids: numpy.ndarray, log_prob: numpy.ndarray, k: int) -> numpy.ndarray:
    """The indices of the `k` likeliest of each position (all, if it has fewer), by position, best first."""
    order: numpy.ndarray = numpy.lexsort((ids, -log_prob, positions))
    first = numpy.searchsorted(positions[order], positions[order])
    best: numpy.ndarray = order[numpy.arange(order.size) - first < k]
    return best


def draw_words(
    tree: BinaryTree, hidden: numpy.ndarray, weight: numpy.ndarray, rng: numpy.random.Generator
) -> numpy.ndarray:
    """A word per position drawn from its distribution, turn by turn: hidden (N, d) -> int64 (N,)."""
    words = numpy.zeros(len(hidden), dtype=numpy.int64)
    if len(tree) == 1:
        return words
    positions, nodes = numpy.arange(len(hidden)), numpy.full(len(hidden), tree.root)
    while nodes.size:
        scores = _scores(hidden, weight, positions, nodes)  # (M,)
        # u < sigmoid(score) is turn 0; the logit of u, so that nothing overflows
        uniform = rng.random(nodes.size)
        with numpy.errstate(divide="ignore"):
            turns = (numpy.log(uniform) - numpy.log1p(-uniform) >= scores).astype(numpy.int64)
        children = tree.children[nodes, turns]
        leaf = children < len(tree)
        words[positions[leaf]] = children[leaf]
        positions, nodes = positions[~leaf], children[~leaf] - len(tree)
    return words


def _scores(
    hidden: numpy.ndarray, weight: numpy.ndarray, positions: numpy.ndarray, nodes: numpy.ndarray
) -> numpy.ndarray:
    """Inner products of hidden[positions] and weight[nodes]: float64 (M,)."""
    scores = numpy.empty(nodes.size)
    for start in range(0, nodes.size, _MAX_PAIRS):
        part = slice(start, start + _MAX_PAIRS)
        scores[part] = numpy.einsum("md,md->m", hidden[positions[part]], weight[nodes[part]])
    return scores
