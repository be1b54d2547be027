"""The fast step of the skip-gram with hierarchical softmax; `InPlaceSGD` says what makes it fast.

The pairs of many batches are sorted by their centre's leaf and cut into groups, each with the few nodes that
its pairs pass: a node is looked up once per group, a context word once per pair, and a group's scores are
one small matrix product, most of which counts. See `PairGrouping`.
"""

from __future__ import annotations

import math
from typing import Callable, Iterator

import numpy

from ..backend import autograd, nn, np
from ..backend.arrays import reshaped_view
from ..backend.ops import grouped_matmul, grouped_transpose, softplus
from ..utils.types import Array, BlockBatches, Namespace
from ..vocabulary.binary_tree import BinaryTree
from .damping import center_shares, pairs_per_step, row_damping
from .node_span import span_table
from .sgd import InPlaceSGD, Multipliers, Prepared, Update, aliased_gradient, unit_multipliers
from .tree_groups import PairGrouping, PairGroups

_GROUP_SIZE = 32  # pairs in a group
_MAX_CHANGES = 32  # changes of a node in a step that count in full: the root has one for each pair
# The changes that a pair meets in the rows of its context word and of its nodes, times the rate: 0.27 on PTB
# at its default rate, where it trains up to 0.5; at 0.9 it diverged. See `row_damping`.
_MAX_CHANGES_MET = 0.5


class HierarchicalSGD(InPlaceSGD):
    r"""Steps on as many `SkipGramBlockBatch`: each group of pairs is one matrix of scores with its nodes.

    For a group of pairs (centre, context word), v (size, d) are its context words' rows of `hidden_table`,
    and w (columns, d) its nodes' rows of `node_table`: those on the paths of its centres. The gradient in
    NumPy::

        score = w @ v.T
        slope = label - weight * sigmoid(score)
        dv = slope.T @ w
        dw = (damping * slope) @ v

    Then rate * dv and rate * dw are added onto the rows that v and w were looked up from. Weight, (columns,
    size), is 1 where the pair's path passes the node, label 1 where it takes turn 0 there. A group of five
    words' pairs, with the centres `the` and `cat`, sorted by the centre's leaf from left to right::

                  (3)                pair          0   1   2   3
               0 /   \ 1             centre       the the cat cat
               the   (2)             context      on  cat the sat
                  0 /   \ 1          (3) label     1   1   0   0     weight  1   1   1   1
                 (0)     (1)         (2) label     0   0   0   0     weight  0   0   1   1
               0 / \ 1 0 / \ 1       (1) label     0   0   0   0     weight  0   0   1   1
               mat  on  sat cat

    So each row moves by -rate times the gradient of the *sum* over the step's pairs (centre c, context word
    o) of the loss of `HierarchicalSoftmax` in nats,

        -sum_{i=1..L(c)} log sigmoid((1 - 2 code_i) w_{point_i} . v_o)

    over the path of c. The context word's vector predicts the centre, as in word2vec.c: the windows reach as
    far to both sides, so these pairs are distributed as the pairs read the other way. The nodes near the
    root, where thousands of pairs add up in a step, are damped: they move by no more than `_MAX_CHANGES` of
    them, damping = min(1, `_MAX_CHANGES` / the pairs of a step that are expected to pass). docs/fast_path.md
    draws a step on these pairs with figures.

    Parameters
    ----------
    hidden_table : (vocab_size, d).
    node_table : (vocab_size - 1, d), on the same context.
    tree : the words are its leaves.
    batches : a `SkipGramBlocks`; its ``kept_counts`` (vocab_size,) say how often a word is a centre.
    """

    def __init__(
        self,
        hidden_table: Array,
        node_table: Array,
        tree: BinaryTree,
        batches: BlockBatches,
        lr: float = 0.0,
        multipliers: Callable[[], Multipliers] = unit_multipliers,
    ) -> None:
        pairs, (num_nodes, width) = pairs_per_step(batches), node_table.shape
        shares = center_shares(batches)
        passing = numpy.bincount(tree.flat_points, numpy.repeat(pairs * shares, tree.lengths), num_nodes)
        max_met = _MAX_CHANGES_MET / lr if lr else math.inf
        damping = row_damping(pairs * shares, passing, max_met, _MAX_CHANGES)
        super().__init__([span_table(_GROUP_SIZE)], damping, hidden_table.ctx, multipliers)
        self._num_groups = max(1, -int(-pairs // _GROUP_SIZE))
        self._grouping = PairGrouping(tree, _GROUP_SIZE, self._num_groups)
        self._hidden_table = aliased_gradient(hidden_table, (len(tree), 1, width))
        self._node_table = aliased_gradient(node_table, (num_nodes, 1, width))
        self._losses = nn.HybridLambda(_sum_of_losses)
        self._losses.hybridize()
        # by number of nodes, buffer and whether context words are damped
        self._graphs: dict[tuple[int, int, bool], nn.HybridLambda] = {}

    def _prepare(self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray) -> Iterator[Prepared]:
        arranged = self._grouping.arrange(*(a.reshape(-1, a.shape[-1]) for a in (words, left, right)))
        if arranged is None:
            return
        sample, steps = arranged
        yield Prepared(0, sample.num_pairs, self._inputs(sample))
        for step in steps:
            yield Prepared(step.num_pairs, 0, self._inputs(step))

    def _inputs(self, groups: PairGroups) -> list[Array]:
        rows = (row[None, :, None] for row in (groups.weight_row, groups.label_row))
        return self._to_device(groups.contexts[None], groups.nodes[None], *rows)

    def _loss(self, inputs: list[Array]) -> Array:
        contexts, nodes, weight_row, label_row = inputs
        v, w = (
            reshaped_view(rows, (self._num_groups, -1, rows.shape[-1]))
            for rows in self._look_up(contexts, nodes)
        )
        loss: Array = self._losses(v, w, weight_row, label_row, *self._tables)
        return loss

    def _step(self, inputs: list[Array], rate: float, buffer: int) -> Update:
        contexts, nodes, weight_row, label_row = inputs
        with autograd.record():
            v, w = self._look_up(contexts, nodes)
        width = v.shape[-1]
        v_of_groups = reshaped_view(v, (self._num_groups, _GROUP_SIZE, width))
        w_on_the_left = reshaped_view(w, (-1, width, 1, 1))
        of_contexts, of_nodes = self._damping
        contexts_damped = (contexts, of_contexts) if self._is_damped[0] else ()
        gradients = self._compiled(nodes.size, buffer, self._is_damped[0])
        with autograd.train_mode():  # see `grouped_matmul`
            changes = gradients(
                v.detach(),
                w.detach(),
                v_of_groups,
                w_on_the_left,
                nodes,
                weight_row,
                label_row,
                *self._at_rate(rate),
                of_nodes,
                *contexts_damped,
            )
        return Update([v, w], list(changes))

    def _look_up(self, contexts: Array, nodes: Array) -> tuple[Array, Array]:
        v = np.take(self._hidden_table, contexts, axis=0, mode="clip")  # (1, n size, 1, d)
        w = np.take(self._node_table, nodes, axis=0, mode="clip")  # (1, n columns, 1, d)
        return v, w

    def _compiled(self, num_nodes: int, buffer: int, damped: bool) -> nn.HybridLambda:
        found = self._graphs.get((num_nodes, buffer, damped))
        if found is None:
            step = _GroupedStep(self._num_groups, num_nodes)
            found = self._graphs[num_nodes, buffer, damped] = nn.HybridLambda(step.gradients)
            found.hybridize(static_alloc=True, static_shape=True)
        return found


class _GroupedStep:
    """The four lines of `HierarchicalSGD` for n groups of `_GROUP_SIZE` pairs, with `num_nodes` in all."""

    def __init__(self, num_groups: int, num_nodes: int) -> None:
        self._num_groups, self._num_nodes = num_groups, num_nodes  # n, n columns

    def gradients(
        self,
        F: Namespace,
        v: Array,
        w: Array,
        v_of_groups: Array,
        w_on_the_left: Array,
        nodes: Array,
        weight_row: Array,
        label_row: Array,
        spans: Array,
        damping: Array,
        *contexts_damped: Array,
    ) -> tuple[Array, Array]:
        """Gradients of v and w, times the rate if `spans` are; see `grouped_matmul` for the shapes.

        v (1, n size, 1, d) and w (1, n columns, 1, d); `v_of_groups` (n, size, d) and `w_on_the_left` (n
        columns, d, 1, 1) are the same numbers, since a reshape within the graph would copy them. nodes (1, n
        columns); `weight_row` and `label_row` (1, n columns, 1) -> dv and dw, in the shapes of v and w.
        `contexts_damped`: nothing, or contexts (1, n size) and the factors (V, 1) of the changes of their
        rows.
        """
        n, size = self._num_groups, _GROUP_SIZE
        v_transposed = F.np.reshape(grouped_transpose(F, v_of_groups), (1, -1, 1, size))
        score = grouped_matmul(F, w_on_the_left, v_transposed, n, self._num_nodes)  # w @ v.T
        weight, label = _weight_and_label(F, weight_row, label_row, spans)
        slope = label - weight * F.npx.activation(score, act_type="sigmoid")  # (1, n columns, 1, size)
        slope_transposed = grouped_transpose(F, F.np.reshape(slope, (n, -1, size)))
        filters = F.np.reshape(slope_transposed, (n * size, -1, 1, 1))
        # slope on the left and the gather here: damping on the left and gathered first, a step took 8% longer
        damping = F.np.reshape(F.np.take(damping, nodes, axis=0, mode="clip"), (-1, 1))
        damped = F.np.reshape(slope, (-1, size)) * damping
        dv = grouped_matmul(F, filters, w, n, n * size)
        if contexts_damped:
            contexts, of_contexts = contexts_damped
            dv = dv * F.np.expand_dims(F.np.take(of_contexts, contexts, axis=0, mode="clip"), -1)
        dw = grouped_matmul(F, F.np.reshape(damped, (-1, size, 1, 1)), v, n, self._num_nodes)
        return dv, dw


def _sum_of_losses(
    F: Namespace, v: Array, w: Array, weight_row: Array, label_row: Array, spans: Array
) -> Array:
    """The loss of all pairs: v (n, size, d), w (n, columns, d) -> (), nats."""
    score = F.npx.batch_dot(w, v, transpose_b=True)
    score = F.np.reshape(score, (1, -1, 1, _GROUP_SIZE))
    weight, label = _weight_and_label(F, weight_row, label_row, spans)
    return F.np.sum(weight * softplus(F, score) - label * score)  # softplus(-s) = softplus(s) - s


def _weight_and_label(F: Namespace, weight_row: Array, label_row: Array, spans: Array) -> tuple[Array, Array]:
    """Rows (1, n columns, 1) of `span_table`, perhaps times the rate: (1, n columns, 1, size) each."""
    weight = F.np.take(spans, weight_row, axis=0, mode="clip")
    label = F.np.take(spans, label_row, axis=0, mode="clip")
    return weight, label
