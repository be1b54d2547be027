"""The fast step of the skip-gram with negative sampling; see `InPlaceSGD` for what makes it fast."""

from __future__ import annotations

from typing import Any, Iterator

import numpy

from ..backend import autograd, nn, np
from ..backend.ops import softplus
from .sgd import InPlaceSGD, aliased_gradient

_MEASURE_EVERY = 32  # steps


class NegativeSamplingSGD(InPlaceSGD):
    """``steps.epoch(batches, rate)`` makes a step on each `SkipGramBlockBatch`: each row moves by -rate
    times the gradient of the *sum* over the batch's pairs of

        -log sigmoid(u_o . v_c) - (K / M) sum_{m=1..M} log sigmoid(-u_m . v_c)

    with the M noise words m of the block; v are the rows of `center_table`, u those of `word_table`, both
    (vocab_size, d) on one context. See `SkipGramBlocks` for the batch, and `NegativeSampling` for the loss
    with noise words of its own for every pair, which this equals in expectation.
    """

    def __init__(self, center_table: Any, word_table: Any, batches: Any) -> None:
        if center_table.shape != word_table.shape:
            raise ValueError(
                f"word_table takes the shape of center_table, {center_table.shape}; got {word_table.shape}"
            )
        sizes = batches.max_window_size, batches.block_size, batches.num_noise_words, batches.shared_noise
        super().__init__(score_tables(*sizes), center_table.ctx)
        self._reach, self._block = sizes[:2]
        self._centers, self._words = (
            aliased_gradient(table, table.shape) for table in (center_table, word_table)
        )
        self._gradients, self._losses = (
            [nn.HybridLambda(_closed_form) for _ in range(2)],
            nn.HybridLambda(_sum_of_losses),
        )
        for graph in (*self._gradients, self._losses):
            graph.hybridize(static_alloc=True, static_shape=True)

    def _prepare(
        self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray
    ) -> Iterator[tuple[int, int, Any]]:
        place = numpy.arange(self._block, dtype=numpy.int32)
        row = (left * (self._reach + 1) + right) * self._block + place  # (steps, n, b), see `score_tables`
        centers = words[:, :, self._reach : self._reach + self._block]  # (steps, n, b)
        sizes = (left + right).sum(axis=(1, 2)).tolist()
        for k, size in enumerate(sizes):
            measured = size if k % _MEASURE_EVERY == 0 or not any(sizes[:k]) else 0
            yield size, measured, self._to_device(centers[k], words[k], row[k])

    def _loss(self, inputs: Any) -> Any:
        return self._losses(*self._rows(*inputs[:2]), inputs[2], *self._tables)

    def _step(self, inputs: Any, rate: float, lane: int) -> tuple[list[Any], list[Any]]:
        with autograd.record():
            v, u = self._rows(*inputs[:2])
        gradients = self._gradients[lane](v.detach(), u.detach(), inputs[2], *self._at_rate(rate))
        return [v, u], list(gradients)

    def _rows(self, centers: Any, words: Any) -> tuple[Any, Any]:
        v = np.take(self._centers, centers, axis=0, mode="clip")  # (n, b, d)
        u = np.take(self._words, words, axis=0, mode="clip")  # (n, C, d)
        return v, u


def _closed_form(F: Any, v: Any, u: Any, row: Any, label: Any, weight: Any) -> tuple[Any, Any]:
    """weight (label - sigmoid(score)), as label is 0 or equal to weight, times the rows of the other side: v
    (n, b, d), u (n, C, d), row (n, b) -> (n, b, d), (n, C, d).
    """
    sigmoid = F.npx.activation(F.npx.batch_dot(v, u, transpose_b=True), act_type="sigmoid")  # (n, b, C)
    label, weight = (F.np.take(table, row, axis=0, mode="clip") for table in (label, weight))
    slope = label - weight * sigmoid
    return F.npx.batch_dot(slope, u), F.npx.batch_dot(slope, v, transpose_a=True)


def _sum_of_losses(F: Any, v: Any, u: Any, row: Any, label: Any, weight: Any) -> Any:
    scores = F.npx.batch_dot(v, u, transpose_b=True)
    label, weight = (F.np.take(table, row, axis=0, mode="clip") for table in (label, weight))
    return F.np.sum(weight * softplus(F, scores) - label * scores)  # softplus(-s) = softplus(s) - s


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
