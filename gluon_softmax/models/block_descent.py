"""The fast step of the skip-gram with negative sampling: plain SGD over blocks of consecutive centres,
gradient in closed form, added in place onto the rows it belongs to.

Three things make it fast. Each row is looked up once a block, and all scores of a block are one small matrix
product. The gradient of a score s with label y and weight w is w (y - sigmoid(s)), so nothing is recorded but
the look-ups. And the gradient buffer of each table is the table itself: the backward of a look-up then adds
onto the rows of the batch and touches no other, where a Trainer's update would go through the whole table.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Iterable, Iterator

import numpy

from ..backend import autograd, np
from ..graph import Graph, softplus

_CHUNK = 32  # batches that go to the device together
_LOOK_EVERY = 16  # steps: the loss is an extra, and a mean over one batch in so many is near enough
_RATE_STEP = 0.01  # the labels and weights are scaled by the rate anew when it has moved by this share


class BlockDescent:
    """``descent.epoch(batches, rate)`` makes a step on each `SkipGramBlockBatch`: each row moves by -rate
    times the gradient of the *sum* over the batch's pairs of

        -log sigmoid(u_o . v_c) - (K / M) sum_{m=1..M} log sigmoid(-u_m . v_c)

    with the M noise words m of the block; v are the rows of `center_table`, u those of `word_table`, both
    (vocab_size, d) on one context. See `SkipGramBlocks` for the batch, and `NegativeSampling` for the loss
    with noise words of its own for every pair, which this equals in expectation.
    """

    def __init__(
        self, center_table: Any, word_table: Any, max_window_size: int, block_size: int, num_noise_words: int,
        shared_noise: int,
    ) -> None:  # fmt: skip
        if center_table.shape != word_table.shape:
            raise ValueError(
                f"word_table takes the shape of center_table, {center_table.shape}; got {word_table.shape}"
            )
        self._ctx = center_table.ctx
        self._centers, self._words = _own_gradient(center_table), _own_gradient(word_table)
        self._reach, self._block = max_window_size, block_size
        label, weight = score_tables(max_window_size, block_size, num_noise_words, shared_noise)
        self._num_pairs = label.sum(axis=1).astype(numpy.int64)  # by row
        self._label, self._weight = (np.array(table, ctx=self._ctx) for table in (label, weight))
        self._scaled: tuple[float, Any, Any] = (0.0, self._label, self._weight)
        self._gradients, self._losses = Graph(_closed_form), Graph(_sum_of_losses)
        for graph in (self._gradients, self._losses):
            graph.hybridize(static_alloc=True, static_shape=True)

    def epoch(self, batches: Iterable[Any], rate: Callable[[int], float]) -> Iterator[tuple[Any, int]]:
        """Make a step on each batch, and yield of each the sum of the losses before it, nats, left on the
        device (of one batch in `_LOOK_EVERY`, else None), and its number of pairs. ``rate(pairs)`` is the
        rate of a step that comes after so many pairs.
        """
        batches, pairs, step = iter(batches), 0, 0
        while True:
            chunk = list(itertools.islice(batches, _CHUNK))
            if not chunk:
                return
            # One copy to the device for all of them: each waits until the engine has a moment for it.
            words, left, right = (
                numpy.stack(arrays) for arrays in zip(*chunk)
            )  # (_, n, C), (_, n, b), (_, n, b)
            row = (left * (self._reach + 1) + right) * self._block + numpy.arange(
                self._block, dtype=numpy.int32
            )
            sizes = self._num_pairs[row].sum(axis=(1, 2)).tolist()
            centers = words[:, :, self._reach : self._reach + self._block]  # (_, n, b)
            on_device = [np.array(ids, dtype="int32", ctx=self._ctx) for ids in (centers, words, row)]
            for size, centers, words, row in zip(sizes, *on_device):
                look = step % _LOOK_EVERY == 0 or not pairs
                yield self._step(centers, words, row, rate(pairs), look), size
                pairs, step = pairs + size, step + 1

    def _step(self, centers: Any, words: Any, row: Any, rate: float, look: bool) -> Any:
        with autograd.record():
            v = np.take(self._centers, centers, axis=0, mode="clip")  # (n, b, d)
            u = np.take(self._words, words, axis=0, mode="clip")  # (n, C, d)
        inputs = v.detach(), u.detach(), row
        loss = self._losses(*inputs, self._label, self._weight) if look else None
        autograd.backward([v, u], list(self._gradients(*inputs, *self._at_rate(rate))))
        return loss

    def _at_rate(self, rate: float) -> tuple[Any, Any]:
        """Label and weight times the rate, which costs a table and not a batch."""
        if abs(rate - self._scaled[0]) > _RATE_STEP * self._scaled[0]:
            self._scaled = (rate, self._label * rate, self._weight * rate)
        return self._scaled[1:]


def score_tables(
    max_window_size: int, block_size: int, num_noise_words: int, shared_noise: int
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Label and weight of a centre's scores with its block's words, both ((W + 1)^2 b, b + 2 W + M).

    Row (l (W + 1) + r) b + i is for centre i of a block with l context words to its left and r to its right:
    1 and 1 at these, 0 and (l + r) K / M at the noise words, 0 and 0 elsewhere.
    """
    reach = max_window_size
    left, right, i, column = numpy.ogrid[: reach + 1, : reach + 1, :block_size, : block_size + 2 * reach]
    offset = column - reach - i
    context = (offset >= -left) & (offset <= right) & (offset != 0)  # (W + 1, W + 1, b, b + 2 W)
    per_noise_word = (left + right) * (num_noise_words / max(1, shared_noise))  # (W + 1, W + 1, 1, 1)
    noise = numpy.broadcast_to(per_noise_word, (*context.shape[:3], shared_noise))
    label = numpy.concatenate([context, numpy.zeros_like(noise)], axis=3)
    weight = numpy.concatenate([context, noise], axis=3)
    shape = (-1, label.shape[3])
    return label.reshape(shape).astype(numpy.float32), weight.reshape(shape).astype(numpy.float32)


def _own_gradient(table: Any) -> Any:
    """A handle on `table` whose gradient buffer is the table itself, to which backward adds."""
    first, second = (table.as_nd_ndarray().reshape(table.shape).as_np_ndarray() for _ in range(2))
    autograd.mark_variables(first, second, "add")
    return first


def _closed_form(F: Any, v: Any, u: Any, row: Any, label: Any, weight: Any) -> tuple[Any, Any]:
    """weight (label - sigmoid(score)), as label is 0 or equal to weight, times the rows of the other
    side: v (n, b, d), u (n, C, d), row (n, b) -> (n, b, d), (n, C, d).
    """
    sigmoid = F.npx.activation(F.npx.batch_dot(v, u, transpose_b=True), act_type="sigmoid")  # (n, b, C)
    label, weight = (F.np.take(table, row, axis=0, mode="clip") for table in (label, weight))
    slope = label - weight * sigmoid
    return F.npx.batch_dot(slope, u), F.npx.batch_dot(slope, v, transpose_a=True)


def _sum_of_losses(F: Any, v: Any, u: Any, row: Any, label: Any, weight: Any) -> Any:
    scores = F.npx.batch_dot(v, u, transpose_b=True)
    label, weight = (F.np.take(table, row, axis=0, mode="clip") for table in (label, weight))
    return F.np.sum(weight * softplus(F, scores) - label * scores)  # softplus(-s) = softplus(s) - s
