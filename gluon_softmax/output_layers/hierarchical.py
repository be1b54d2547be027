"""Hierarchical softmax: a word is reached by a few left-or-right decisions in a binary tree.

Morin and Bengio 2005, "Hierarchical Probabilistic Neural Network Language Model"; Mikolov et al. 2013,
"Distributed Representations of Words and Phrases and their Compositionality", equation 3; *Dive into Deep
Learning*, section "Approximate Training".
"""

from __future__ import annotations

import functools
from typing import Any

import numpy

from ..backend import nn
from ..backend.arrays import as_device_array, as_ids
from ..backend.embedding import rows_of, table_parameter
from ..backend.ops import row_dot, softplus
from ..utils.checks import (
    check_bool,
    check_counts,
    check_hidden,
    check_ids,
    check_positive_int,
    on_host,
    shown,
)
from ..utils.randomness import as_generator
from ..utils.types import Array, Context, Ids, InitializerLike, Namespace, Numbers
from ..vocabulary.binary_tree import BinaryTree
from ..vocabulary.huffman import build_huffman
from .base import OutputLayer, Target
from .tree_search import LevelOrder, best_words, draw_words, level_order


class HierarchicalSoftmax(OutputLayer):
    r"""The cost of the turns from the root of a binary tree to the target's leaf, in nats, one per position.

        loss = -sum_{i=1..L(target)} log sigmoid((1 - 2 code_i) * v_{point_i} . h)

    where code_i is the i-th turn to the target (0 or 1), point_i the inner node where it is taken, v the rows
    of `weight` and h the hidden vector; the label of a turn is 1 - code, as in word2vec.c. At each inner node
    the two turns' probabilities sum to one, so those of all leaves do, and exp(-loss) is the probability of
    the target: nothing is sampled and nothing is left to normalise. A position costs O(log V) in place of
    O(V).

    Parameters
    ----------
    counts : (vocab_size,) training counts by id, in any order; they decide the Huffman tree.
    in_units : width of the hidden vector.
    tree : a `BinaryTree` over the same words in place of Huffman's, such as ``balanced_tree(vocab_size)``.
    exclude : ids that are never a target, such as `<unk>` of a `SkipGram`. In Huffman's tree they count as 0,
        so that together they cost the rarest word one turn, and the others nothing. `weight` then belongs to
        another tree: parameters that were saved without it go with the tree without it.
    sparse_grad : the gradient of `weight` holds only the nodes on the paths of the batch.
    weight_initializer : an MXNet initializer; the one given to ``initialize()`` if None.

    Attributes
    ----------
    tree : the tree.
    weight : the inner nodes' vectors, one parameter (vocab_size - 1, in_units) that the Trainer updates and
        ``save_parameters`` saves. A tree of one word has no inner node and keeps one row, of gradient zero.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...).

    Raises ValueError or TypeError for counts that are negative, not finite, all zero (but for the excluded)
    or of the wrong shape, for a tree that is none or that has another number of words, and for a tree with
    excluded ids.
    """

    def __init__(
        self,
        counts: Numbers,
        in_units: int,
        tree: BinaryTree | None = None,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        *,
        exclude: Ids = (),
        **kwargs: Any,
    ) -> None:
        counts = check_counts("counts", counts)
        super().__init__(counts.size, in_units, **kwargs)
        left = _without(counts, exclude)
        if tree is None:
            tree = build_huffman(left)
        elif left is not counts:
            raise ValueError(f"exclude takes no ids with a tree of one's own; got {shown(exclude)}")
        if not isinstance(tree, BinaryTree):
            raise TypeError(f"tree takes a BinaryTree or None; got {type(tree).__name__}")
        if len(tree) != counts.size:
            raise ValueError(
                f"tree takes the words of counts, {counts.size}; got a tree of {len(tree)} words"
            )
        self.tree = tree
        self._sparse_grad = check_bool("sparse_grad", sparse_grad)
        self._loss_graph = nn.HybridLambda(self._cost_of_paths)
        shape = (max(1, counts.size - 1), self._in_units)
        self.weight = table_parameter(self, "weight", shape, weight_initializer, self._sparse_grad)

    def paths(self, target: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The paths to targets (N,): points int32 and signs float32, each (N, L), L the longest path.

        Points are the inner nodes from the root on, signs are 1 - 2 code. Past the end of a path the sign is
        0 and the node is its last one. Raises the errors of `check_ids`.
        """
        return self._paths(check_ids("target", target, self._vocab_size).reshape(-1))

    def _paths(self, target: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        lengths = self.tree.lengths[target][:, None]  # (N, 1)
        step = numpy.arange(max(1, lengths.max(initial=0)))  # (L,)
        if not self.tree.flat_points.size:  # the tree of one word
            shape = (target.size, 1)
            return numpy.zeros(shape, numpy.int32), numpy.zeros(shape, numpy.float32)
        places = self.tree.offsets[target][:, None] + numpy.minimum(step, lengths - 1)  # (N, L)
        signs = (1 - 2 * self.tree.flat_codes[places]) * (step < lengths)
        return self.tree.flat_points[places], signs.astype(numpy.float32)

    def _loss(self, hidden: Array, target: Target) -> Array:
        # Padded rows: a list of (position, node) without padding has a quarter fewer of them on PTB, but
        # needs a gathered copy of `hidden` as well, and took 1.2 to 2 times as long.
        points, signs = self._paths(target.host_ids)
        ctx = hidden.ctx
        rows = rows_of(self.weight, points, ctx)  # (N, L, d)
        loss: Array = self._loss_graph(hidden, rows, as_device_array(signs, hidden.dtype, ctx))
        return loss

    def _cost_of_paths(self, F: Namespace, hidden: Array, rows: Array, signs: Array) -> Array:
        scores = row_dot(F, hidden, rows)  # (N, L)
        return F.np.sum(softplus(F, -signs * scores) * F.np.abs(signs), axis=1)

    @functools.cached_property
    def _levels(self) -> LevelOrder:
        return level_order(self.tree)

    def log_prob_inputs(self, ctx: Context) -> list[Array]:
        """The weight and the three arrays of the tree's `LevelOrder`; nothing for a tree of one word."""
        if self._vocab_size == 1:
            return []
        order = self._levels
        return [
            self.weight.data(ctx),
            *(as_ids(ids, ctx) for ids in (order.branches, order.parents, order.places)),
        ]

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """The costs of all branches, added up level by level: (N, in_units) -> (N, vocab_size)."""
        if self._vocab_size == 1:
            return F.np.zeros_like(F.npx.slice(hidden, begin=(None, 0), end=(None, 1)))  # (N, 1)
        weight, branches, parents, places = inputs
        scores = F.npx.fully_connected(hidden, weight, num_hidden=self._vocab_size - 1, no_bias=True)
        scores = F.np.transpose(scores)  # (V - 1, N): rows are gathered 20 times faster than columns
        costs = F.np.concatenate([softplus(F, -scores), softplus(F, scores)], axis=0)  # (2 V - 2, N)

        def reach(above: Array, start: int, stop: int) -> Array:
            """Log-probabilities (n, N) of the nodes behind the branches start to stop."""
            cost = F.np.take(costs, _rows(F, branches, start, stop), axis=0, mode="clip")
            return F.np.take(above, _rows(F, parents, start, stop), axis=0, mode="clip") - cost

        above = F.np.zeros_like(_rows(F, scores, 0, 1))  # of the root
        leaves, start = [], 0
        for num_inner, num_leaves in self._levels.sizes:
            middle, stop = start + num_inner, start + num_inner + num_leaves
            if num_leaves:
                leaves.append(reach(above, middle, stop))
            if num_inner:
                above = reach(above, start, middle)
            start = stop
        log_prob = F.np.take(F.np.concatenate(leaves, axis=0), places, axis=0, mode="clip")  # (V, N)
        return F.np.transpose(log_prob)

    def predict(self, hidden: Array) -> Array:
        """The likeliest word per position, by a search of the tree: hidden (..., in_units) -> (...) int32."""
        hidden = check_hidden("hidden", hidden, self._in_units)
        return self.topk(hidden, 1).reshape(hidden.shape[:-1])

    def topk(self, hidden: Array, k: int) -> Array:
        """The `k` likeliest words, the likeliest first: hidden (..., in_units) -> (..., k) int32 ids.

        The search runs on the host and skips nodes that cannot be among them; see `best_words`. Their
        log-probabilities are what ``-layer(hidden, ids)`` gives. Raises ValueError for k above vocab_size.
        """
        hidden = check_hidden("hidden", hidden, self._in_units)
        if check_positive_int("k", k) > self._vocab_size:
            raise ValueError(f"k takes at most the {self._vocab_size} words of the vocabulary; got {k}")
        words = best_words(self.tree, *self._on_host(hidden), k)  # (N, k)
        return as_ids(words.reshape(*hidden.shape[:-1], k), hidden.ctx)

    def sample(self, hidden: Array, rng: numpy.random.Generator | None = None) -> Array:
        """A word per position drawn from the layer's distribution: hidden (..., in_units) -> (...) int32.

        Without `rng` the draw comes from ``numpy.random``.
        """
        hidden = check_hidden("hidden", hidden, self._in_units)
        rng = as_generator("rng", numpy.random.randint(2**31) if rng is None else rng)
        words = draw_words(self.tree, *self._on_host(hidden), rng)  # (N,)
        return as_ids(words.reshape(hidden.shape[:-1]), hidden.ctx)

    def _on_host(self, hidden: Array) -> tuple[numpy.ndarray, numpy.ndarray]:
        return hidden.asnumpy().reshape(-1, self._in_units), self.weight.data(hidden.ctx).asnumpy()

    def __repr__(self) -> str:
        return (
            f"HierarchicalSoftmax({self._in_units} -> {self._vocab_size}, tree={self.tree}, "
            f"sparse_grad={self._sparse_grad})"
        )


def _without(counts: numpy.ndarray, exclude: Ids) -> numpy.ndarray:
    """The counts (V,) with 0 at the ids `exclude`."""
    ids = on_host(exclude, "exclude")
    if not ids.size and ids.ndim == 1:
        return counts
    left = counts.copy()
    left[check_ids("exclude", ids, counts.size)] = 0
    return left


def _rows(F: Namespace, array: Array, start: int, stop: int) -> Array:
    return F.npx.slice(array, begin=(start,), end=(stop,))
