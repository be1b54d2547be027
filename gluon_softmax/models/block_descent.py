"""The fast step of the skip-gram with negative sampling; see `Descent` for what makes it fast."""

from __future__ import annotations

from typing import Any, Iterator

import numpy

from ..backend import autograd, np
from ..graph import Graph, softplus
from .descent import Descent, own_gradient, score_tables


class BlockDescent(Descent):
    """``descent.epoch(batches, rate)`` makes a step on each `SkipGramBlockBatch`: each row moves by -rate
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
        super().__init__(*score_tables(*sizes), batches, center_table.ctx)
        self._centers, self._words = own_gradient(center_table), own_gradient(word_table)
        self._gradients, self._losses = [Graph(_closed_form) for _ in range(2)], Graph(_sum_of_losses)
        for graph in (*self._gradients, self._losses):
            graph.hybridize(static_alloc=True, static_shape=True)

    def _prepare(self, words: numpy.ndarray, row: numpy.ndarray) -> Iterator[tuple[int, Any]]:
        centers = words[:, :, self._reach : self._reach + self._block]  # (steps, n, b)
        sizes = self._num_pairs[row].sum(axis=(1, 2)).tolist()
        return zip(sizes, zip(*self._to_device(centers, words, row)))

    def _step(self, inputs: Any, rate: float, look: bool, lane: int) -> tuple[Any, list[Any], list[Any]]:
        centers, words, row = inputs
        with autograd.record():
            v = np.take(self._centers, centers, axis=0, mode="clip")  # (n, b, d)
            u = np.take(self._words, words, axis=0, mode="clip")  # (n, C, d)
        rows = v.detach(), u.detach()
        loss = self._losses(*rows, row, self._label, self._weight) if look else None
        return loss, [v, u], list(self._gradients[lane](*rows, row, *self._at_rate(rate)))


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
