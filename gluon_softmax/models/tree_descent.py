"""The fast step of the skip-gram with hierarchical softmax; see `Descent` for what makes it fast.

The paths of a block's b centres hang over the one window of b + 2 W words that the block has: a node's score
with a word of the window is computed once, and the pairs say with which weight it counts. The nodes that most
paths share, those near the root, stand apart: they are one dense product for the whole batch, and only the
deep rest of each path is looked up.
"""

from __future__ import annotations

from typing import Any, Iterator

import numpy

from ..backend import autograd, nd, np, npx
from ..binary_tree import BinaryTree
from ..embedding import as_ids
from ..graph import Graph, softplus
from .descent import Descent, own_gradient, score_tables

_TOP = 31  # nodes that are not looked up; 63 and 127 took longer
_MOST_CHANGES = 32  # summed changes of a node in a step that count in full: the root has one a pair
_COLUMNS = 16  # the deep nodes of a block are filled up to a multiple of it, and one more


class TreeDescent(Descent):
    """``descent.epoch(batches, rate)`` makes a step on each `SkipGramBlockBatch`: each row moves by -rate
    times the gradient of the *sum* over the batch's pairs (centre c, context word o) of

        -sum_{i=1..L(c)} log sigmoid((1 - 2 code_i) w_{point_i} . v_o)

    over the path of c; v are the rows of `hidden_table` (vocab_size, d), w those of `node_table`
    (vocab_size - 1, d), both on one context. The context word's vector predicts the centre, as in word2vec.c:
    the windows reach as far to both sides, so these pairs are distributed as the pairs read the other way.
    The nodes near the root, where hundreds of pairs add up in a step, move by no more than `_MOST_CHANGES` of
    them. See `HierarchicalSoftmax` for the loss; `kept_counts` (vocab_size,) says how often a word is a
    centre.
    """

    def __init__(self, hidden_table: Any, node_table: Any, tree: BinaryTree, batches: Any) -> None:
        ctx = hidden_table.ctx
        super().__init__(*score_tables(batches.max_window_size, batches.block_size, 0, 0), batches, ctx)
        num_nodes, width = node_table.shape
        words = numpy.repeat(numpy.arange(len(tree)), tree.lengths)  # of each step of each path
        kept = batches.kept_counts
        visits = numpy.bincount(tree.flat_points, kept[words], num_nodes)
        top = numpy.argsort(-visits, kind="stable")[:_TOP]
        pairs = batches.batch_size * batches.expected_positions / kept.sum()  # a batch
        damping = numpy.minimum(1, _MOST_CHANGES / numpy.maximum(1, pairs * visits[top] / kept.sum()))
        self._damping = np.array(numpy.repeat(damping[:, None], width, axis=1), dtype="float32", ctx=ctx)
        self._undamped = 1 - self._damping
        place = numpy.full(num_nodes, -1)
        place[top] = numpy.arange(top.size)
        is_top = place[tree.flat_points] >= 0
        # Row c of `turns`: 1 where the path of c passes the node, and 1 where it takes turn 0 there.
        turns = numpy.zeros((len(tree) + 1, 2, top.size), dtype=numpy.float32)  # the last row is no word's
        steps = words[is_top], place[tree.flat_points[is_top]]
        turns[steps[0], 0, steps[1]] = 1
        turns[steps[0], 1, steps[1]] = 1 - tree.flat_codes[is_top]
        self._turns = np.array(turns.reshape(len(tree) + 1, -1), ctx=ctx)
        self._top_ids = as_ids(top, ctx)
        # a step is twice its node, and one more where it takes turn 0
        deep = tree.flat_points[~is_top] * 2 + (tree.flat_codes[~is_top] == 0)
        lengths = numpy.bincount(words[~is_top], minlength=len(tree)).astype(numpy.int32)
        filling = self._block * int(lengths.max()) + _COLUMNS + 1  # the most that a block may need
        self._deep_steps = numpy.append(deep, numpy.zeros(filling, deep.dtype)).astype(numpy.int32)
        self._lengths = lengths
        self._offsets = numpy.append(0, numpy.cumsum(lengths)).astype(numpy.int32)  # the filling's last
        self._no_word = len(tree)
        self._hidden, self._top = own_gradient(hidden_table), own_gradient(node_table)
        self._deep = own_gradient(node_table, (num_nodes, width, 1, 1))  # as the filters of a convolution
        self._scores = _Scores(self._block + 2 * self._reach, top.size)
        self._slopes: dict[int, Graph] = {}  # by columns
        self._losses = Graph(self._scores.sum_of_losses)
        self._losses.hybridize()

    def _prepare(self, words: numpy.ndarray, row: numpy.ndarray) -> Iterator[tuple[int, Any]]:
        """Blocks with about as many deep nodes go into one step, so that few columns are filled up."""
        steps, n, b = row.shape
        centers = words[:, :, self._reach : self._reach + b].reshape(-1, b)  # (blocks, b)
        total = self._lengths[centers].sum(axis=1)  # (blocks,)
        order = numpy.argsort(total, kind="stable")
        words, row = words.reshape(steps * n, -1)[order], row.reshape(-1, b)[order]
        centers, total = centers[order], total[order]
        columns = -(-total.reshape(steps, n).max(axis=1) // _COLUMNS) * _COLUMNS + 1  # (steps,)
        # One more row a block: it has the steps that fill up, and no pair, as row 0 of the score tables.
        lengths = numpy.column_stack([self._lengths[centers], numpy.repeat(columns, n) - total]).ravel()
        centers = numpy.pad(centers, ((0, 0), (0, 1)), constant_values=self._no_word)
        row = numpy.pad(row, ((0, 0), (0, 1)))
        ends = numpy.cumsum(lengths)
        jump = (self._offsets[centers.ravel()] - ends + lengths).astype(numpy.int32)
        step = self._deep_steps[numpy.repeat(jump, lengths) + numpy.arange(ends[-1], dtype=numpy.int32)]
        place = numpy.tile(numpy.arange(n * (b + 1), dtype=numpy.int32), steps)
        # the row of the weights that a column has, and where it takes turn 1, its block's row without any
        on = numpy.repeat(place, lengths)
        one = numpy.where(step & 1, on, numpy.repeat(place // (b + 1) * (b + 1) + b, lengths))
        starts = numpy.append(0, numpy.cumsum(columns * n)).tolist()
        sizes = self._num_pairs[row].reshape(steps, -1).sum(axis=1).tolist()
        regular = self._to_device(*(array.reshape(steps, n, -1) for array in (words, centers, row)))
        nodes, on, one = self._to_device(step >> 1, on[None], one[None])
        for k, inputs in enumerate(zip(*regular)):
            part = slice(starts[k], starts[k + 1])
            yield sizes[k], (*inputs, nodes[part], on[:, part], one[:, part])

    def _step(self, inputs: Any, rate: float, look: bool, lane: int) -> tuple[Any, list[Any], list[Any]]:
        words, centers, row, nodes, on, one = inputs
        n, size = words.shape
        with autograd.record():
            v = np.take(self._hidden, words, axis=0, mode="clip")  # (n, size, d)
            # detached: recorded twice before it is let go, an array would be lost to the second backward
            top = np.take(self._top, self._top_ids.detach(), axis=0, mode="clip")  # (T, d)
            with autograd.pause():
                rest = top.detach() * self._undamped
            top = top * self._damping.detach() + rest  # the same values, and a damped gradient
            near = npx.fully_connected(v, top, num_hidden=top.shape[0], no_bias=True, flatten=False)
            w = np.take(self._deep, nodes, axis=0, mode="clip")  # (n columns, d, 1, 1)
            # A convolution of n groups is n products: oneDNN's are 1.7 times as fast as batch_dot. Legacy
            # transpose is four times as fast as NumPy's.
            image = nd.transpose(v.as_nd_ndarray(), axes=(0, 2, 1)).reshape((1, -1, 1, size)).as_np_ndarray()
            deep = npx.convolution(
                image, w, kernel=(1, 1), num_filter=nodes.size, num_group=n, no_bias=True
            )  # (1, n columns, 1, size)
        inputs = deep.detach(), near.detach(), row, centers, on, one, self._turns
        loss = self._losses(*inputs, self._label) if look else None
        slopes = self._slopes.get(nodes.size)
        if slopes is None:
            slopes = self._slopes[nodes.size] = Graph(self._scores.slopes)
            slopes.hybridize()
        return loss, [deep, near], list(slopes(*inputs, self._at_rate(rate)[0]))


class _Scores:
    """What becomes of the scores of a batch, for `size` words in a window and T top nodes: deep ones
    (1, n columns, 1, size) and near ones (n, size, T).
    """

    def __init__(self, size: int, num_top: int) -> None:
        self._size, self._num_top = size, num_top

    def slopes(
        self, F: Any, deep: Any, near: Any, row: Any, centers: Any, on: Any, one: Any, turns: Any, label: Any
    ) -> tuple[Any, Any]:
        """label - weight sigmoid(score), as the scores are laid out."""
        weights = self._weights(F, row, centers, on, one, turns, label)
        deep_weight, deep_label, near_weight, near_label = weights
        return (
            deep_label - deep_weight * F.npx.activation(deep, act_type="sigmoid"),
            near_label - near_weight * F.npx.activation(near, act_type="sigmoid"),
        )

    def sum_of_losses(
        self, F: Any, deep: Any, near: Any, row: Any, centers: Any, on: Any, one: Any, turns: Any, label: Any
    ) -> Any:
        weights = self._weights(F, row, centers, on, one, turns, label)
        deep_weight, deep_label, near_weight, near_label = weights  # softplus(-s) = softplus(s) - s
        return F.np.sum(deep_weight * softplus(F, deep) - deep_label * deep) + F.np.sum(
            near_weight * softplus(F, near) - near_label * near
        )

    def _weights(
        self, F: Any, row: Any, centers: Any, on: Any, one: Any, turns: Any, label: Any
    ) -> tuple[Any, ...]:
        """With how many pairs each score counts, and with how many that take turn 0: of the deep nodes both,
        and of the top ones both.
        """
        mask = F.np.take(label, row, axis=0, mode="clip")  # (n, b + 1, size)
        rows = F.np.reshape(mask, (-1, 1, self._size))
        deep, deep_zero = (F.np.take(rows, place, axis=0, mode="clip") for place in (on, one))
        both = F.npx.batch_dot(mask, F.np.take(turns, centers, axis=0, mode="clip"), transpose_a=True)
        near = F.npx.slice(both, begin=(None, None, 0), end=(None, None, self._num_top))
        near_zero = F.npx.slice(both, begin=(None, None, self._num_top), end=(None, None, None))
        return deep, deep_zero, near, near_zero
