"""The fast step of the skip-gram with hierarchical softmax; see `InPlaceSGD` for what makes it fast.

The pairs of many batches are sorted by their centre's leaf and cut into bundles, each with the few nodes that
its pairs pass: a node and a context word are looked up once a bundle, and the scores are one small matrix
product, most of which counts. See `TreeBundles`.
"""

from __future__ import annotations

from typing import Any, Iterator

import numpy

from ..backend import autograd, nn, np
from ..backend.arrays import reshaped_view
from ..backend.ops import softplus
from ..vocabulary.binary_tree import BinaryTree
from .sgd import InPlaceSGD, aliased_gradient
from .tree_bundles import Bundles, TreeBundles

_PAIRS = 32  # of a bundle
_MOST_CHANGES = 32  # summed changes of a node in a step that count in full: the root has one a pair


class HierarchicalSGD(InPlaceSGD):
    """``steps.epoch(batches, rate)`` makes as many steps as there are `SkipGramBlockBatch`: each row moves
    by -rate times the gradient of the *sum* over the step's pairs (centre c, context word o) of

        -sum_{i=1..L(c)} log sigmoid((1 - 2 code_i) w_{point_i} . v_o)

    over the path of c; v are the rows of `hidden_table` (vocab_size, d), w those of `node_table`
    (vocab_size - 1, d), both on one context. The context word's vector predicts the centre, as in word2vec.c:
    the windows reach as far to both sides, so these pairs are distributed as the pairs read the other way.
    The nodes near the root, where hundreds of pairs add up in a step, move by no more than `_MOST_CHANGES` of
    them. See `HierarchicalSoftmax` for the loss; `kept_counts` (vocab_size,) says how often a word is a
    centre.
    """

    def __init__(self, hidden_table: Any, node_table: Any, tree: BinaryTree, batches: Any) -> None:
        kept = batches.kept_counts
        pairs = batches.batch_size * batches.expected_positions / kept.sum()  # of a batch
        per_step = max(1, -int(-pairs // _PAIRS))
        begin, end, pair = numpy.ogrid[: _PAIRS + 1, : _PAIRS + 1, :_PAIRS]
        # row begin (size + 1) + end: 1 for the pairs from begin to end
        stretches = ((begin <= pair) & (pair < end)).reshape(-1, _PAIRS).astype(numpy.float32)
        super().__init__([stretches], hidden_table.ctx)
        self._bundles = TreeBundles(tree, _PAIRS, per_step)
        self._per_step, self._losses = per_step, nn.HybridLambda(_sum_of_losses)
        num_nodes, width = node_table.shape
        passing = numpy.bincount(tree.flat_points, numpy.repeat(kept, tree.lengths), num_nodes) / kept.sum()
        damping = numpy.minimum(1, _MOST_CHANGES / numpy.maximum(1, pairs * passing))
        self._damping = np.array(damping[:, None], dtype="float32", ctx=self._ctx)
        self._hidden = aliased_gradient(hidden_table, (len(tree), 1, width))
        self._nodes = aliased_gradient(node_table, (num_nodes, 1, width))
        self._losses.hybridize()
        self._graphs: dict[tuple[int, int], nn.HybridLambda] = {}  # by columns and lane

    def _prepare(
        self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray
    ) -> Iterator[tuple[int, int, Any]]:
        arranged = self._bundles.arrange(*(a.reshape(-1, a.shape[-1]) for a in (words, left, right)))
        if arranged is None:
            return
        sample, steps = arranged
        yield 0, sample.num_pairs, self._inputs(sample)
        for step in steps:
            yield step.num_pairs, 0, self._inputs(step)

    def _inputs(self, bundles: Bundles) -> list[Any]:
        stretches = (array[None, :, None] for array in (bundles.passing, bundles.turning))
        return self._to_device(bundles.contexts[None], bundles.nodes[None], *stretches)

    def _loss(self, inputs: Any) -> Any:
        contexts, nodes, passing, turning = inputs
        rows = (reshaped_view(r, (self._per_step, -1, r.shape[-1])) for r in self._rows(contexts, nodes))
        return self._losses(*rows, passing, turning, *self._tables)

    def _step(self, inputs: Any, rate: float, lane: int) -> tuple[list[Any], list[Any]]:
        contexts, nodes, passing, turning = inputs
        with autograd.record():
            v, w = self._rows(contexts, nodes)
        width = v.shape[-1]
        views = reshaped_view(v, (self._per_step, _PAIRS, width)), reshaped_view(w, (-1, width, 1, 1))
        changes = self._compiled(nodes.size, lane)
        with autograd.train_mode():  # without it oneDNN chooses other products, which take twice as long
            update = changes(
                v.detach(), w.detach(), *views, nodes, passing, turning, *self._at_rate(rate), self._damping
            )
        return [v, w], list(update)

    def _rows(self, contexts: Any, nodes: Any) -> tuple[Any, Any]:
        v = np.take(self._hidden, contexts, axis=0, mode="clip")  # (1, n size, 1, d)
        w = np.take(self._nodes, nodes, axis=0, mode="clip")  # (1, n columns, 1, d)
        return v, w

    def _compiled(self, columns: int, lane: int) -> nn.HybridLambda:
        found = self._graphs.get((columns, lane))
        if found is None:
            found = self._graphs[columns, lane] = nn.HybridLambda(_Step(self._per_step, columns).changes)
            found.hybridize(static_alloc=True, static_shape=True)
        return found


class _Step:
    """What is computed of n bundles of `_PAIRS` pairs with `columns` nodes in all.

    All products are convolutions of n groups with one number as their kernel, which are n products of
    matrices: oneDNN's are twice as fast as `batch_dot`.
    """

    def __init__(self, n: int, columns: int) -> None:
        self._n, self._columns = n, columns

    def changes(
        self,
        F: Any,
        v_rows: Any,
        w_rows: Any,
        v: Any,
        w: Any,
        nodes: Any,
        passing: Any,
        turning: Any,
        stretches: Any,
        damping: Any,
    ) -> tuple[Any, Any]:
        """label - weight sigmoid(score) times the rows of the other side.

        Context words' rows v_rows (1, n size, 1, d) and v (n, size, d), which are the same numbers; nodes'
        rows w_rows (1, n columns, 1, d) and w (n columns, d, 1, 1) -> changes like v_rows and w_rows.
        """
        n, size = self._n, _PAIRS
        # legacy transpose is four times as fast as NumPy's
        turned = F.transpose(v.as_nd_ndarray(), axes=(0, 2, 1)).as_np_ndarray()  # (n, d, size)
        score = self._products(F, F.np.reshape(turned, (1, -1, 1, size)), w, self._columns)
        weight, label = _weights(F, passing, turning, stretches)
        slope = label - weight * F.npx.activation(score, act_type="sigmoid")  # (1, n columns, 1, size)
        turned = F.transpose(F.np.reshape(slope, (n, -1, size)).as_nd_ndarray(), axes=(0, 2, 1))
        filters = F.np.reshape(turned.as_np_ndarray(), (n * size, -1, 1, 1))
        damping = F.np.take(damping, nodes, axis=0, mode="clip")
        damped = F.np.reshape(slope, (-1, size)) * F.np.reshape(damping, (-1, 1))
        return (
            self._products(F, w_rows, filters, n * size),
            self._products(F, v_rows, F.np.reshape(damped, (-1, size, 1, 1)), self._columns),
        )

    def _products(self, F: Any, image: Any, filters: Any, num_filter: int) -> Any:
        return F.npx.convolution(
            image, filters, kernel=(1, 1), num_filter=num_filter, num_group=self._n, no_bias=True
        )


def _sum_of_losses(F: Any, v: Any, w: Any, passing: Any, turning: Any, stretches: Any) -> Any:
    """v (n, size, d), w (n, columns / n, d) -> (), nats."""
    score = F.npx.batch_dot(w, v, transpose_b=True)
    score = F.np.reshape(score, (1, -1, 1, _PAIRS))
    weight, label = _weights(F, passing, turning, stretches)
    return F.np.sum(weight * softplus(F, score) - label * score)  # softplus(-s) = softplus(s) - s


def _weights(F: Any, passing: Any, turning: Any, stretches: Any) -> tuple[Any, Any]:
    """Of each score, whether its pair passes the node, and whether it takes turn 0 there: both (1, n columns,
    1, size).
    """
    weight, label = (F.np.take(stretches, places, axis=0, mode="clip") for places in (passing, turning))
    return weight, label
