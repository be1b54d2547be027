"""The fast step of the skip-gram with negative sampling; `InPlaceSGD` says what makes it fast."""

from __future__ import annotations

import math
from typing import Callable, Iterator

import numpy

from ..backend import autograd, nn, np
from ..backend.ops import softplus
from ..utils.types import Array, BlockBatches, Namespace
from .damping import center_shares, pairs_per_step, row_damping
from .sgd import InPlaceSGD, Multipliers, Prepared, Update, aliased_gradient, unit_multipliers

_MEASURE_EVERY = 32  # steps
# The changes that a pair meets in its rows, times the rate: 0.47 on PTB at its default rate. Without damping
# mini_ptb trained at 1.0 and diverged at 1.5. See `row_damping`.
_MAX_CHANGES_MET = 0.8


class NegativeSamplingSGD(InPlaceSGD):
    """Steps on `SkipGramBlockBatch`: each block is one matrix of scores, each table its own gradient buffer.

    For a block, v (b, d) are its centres' rows of `center_table`, and u (C, d) its words' rows of
    `word_table`: the window that its centres share, and its M noise words. The gradient in NumPy::

        score = v @ u.T
        slope = label - weight * sigmoid(score)
        dv = slope @ u
        du = slope.T @ v

    Then rate * dv and rate * du are added onto the rows that v and u were looked up from. Label and weight,
    (b, C), are 1 and 1 at a centre's context words, 0 and pairs * K / M at the noise words (pairs: those of
    the centre), 0 and 0 elsewhere. So each row moves by -rate times the gradient of the *sum* over the
    batch's pairs (centre c, context word o) of

        -log sigmoid(u_o . v_c) - (K / M) sum_{m=1..M} log sigmoid(-u_m . v_c)

    in nats, which equals `NegativeSampling` with K noise words of its own for every pair in expectation.
    docs/fast_path.md draws a step on five words. Rows that would diverge at the rate `lr`, since most pairs
    of a step have them, are damped: their dv and du are multiplied by a factor below 1, see `row_damping`.

    Parameters
    ----------
    center_table, word_table : (vocab_size, d) on one context.
    batches : a `SkipGramBlocks`; its sizes decide the shapes of a step, and how often it expects each word as
        a centre, as a context word and as noise decides the damping.
    lr : the highest rate that a step will have; with 0 nothing is damped.
    multipliers : what the rate of each table is multiplied by, see `InPlaceSGD`.

    Raises ValueError for tables of different shapes.
    """

    def __init__(
        self,
        center_table: Array,
        word_table: Array,
        batches: BlockBatches,
        lr: float = 0.0,
        multipliers: Callable[[], Multipliers] = unit_multipliers,
    ) -> None:
        if center_table.shape != word_table.shape:
            raise ValueError(
                f"word_table takes the shape of center_table, {center_table.shape}; got {word_table.shape}"
            )
        sizes = batches.max_window_size, batches.block_size, batches.num_noise_words, batches.shared_noise
        super().__init__(score_tables(*sizes), _damping(batches, lr), center_table.ctx, multipliers)
        self._reach, self._block = sizes[:2]
        self._center_table = aliased_gradient(center_table, center_table.shape)
        self._word_table = aliased_gradient(word_table, word_table.shape)
        self._gradients = {  # by whether rows are damped, and by buffer
            (damped, buffer): nn.HybridLambda(_gradients) for damped in (False, True) for buffer in range(2)
        }
        self._losses = nn.HybridLambda(_sum_of_losses)
        for graph in (*self._gradients.values(), self._losses):
            graph.hybridize(static_alloc=True, static_shape=True)

    def _prepare(self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray) -> Iterator[Prepared]:
        place = numpy.arange(self._block, dtype=numpy.int32)
        row = (left * (self._reach + 1) + right) * self._block + place  # (batches, n, b), see `score_tables`
        centers = words[:, :, self._reach : self._reach + self._block]  # (batches, n, b)
        sizes = (left + right).sum(axis=(1, 2)).tolist()
        for k, size in enumerate(sizes):
            measured = size if k % _MEASURE_EVERY == 0 or not any(sizes[:k]) else 0
            yield Prepared(size, measured, self._to_device(centers[k], words[k], row[k]))

    def _loss(self, inputs: list[Array]) -> Array:
        centers, words, row = inputs
        loss: Array = self._losses(*self._look_up(centers, words), row, *self._tables)
        return loss

    def _step(self, inputs: list[Array], rate: float, buffer: int) -> Update:
        centers, words, row = inputs
        with autograd.record():
            v, u = self._look_up(centers, words)
        damped = any(self._is_damped)
        damping = (centers, words, *self._damping) if damped else ()
        changes = self._gradients[damped, buffer](v.detach(), u.detach(), row, *self._at_rate(rate), *damping)
        return Update([v, u], list(changes))

    def _look_up(self, centers: Array, words: Array) -> tuple[Array, Array]:
        v = np.take(self._center_table, centers, axis=0, mode="clip")  # (n, b, d)
        u = np.take(self._word_table, words, axis=0, mode="clip")  # (n, C, d)
        return v, u


def _damping(batches: BlockBatches, lr: float) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The factors of centres and of words (V,): a pair changes its centre's row 1 + K times."""
    pairs, shares, noise = pairs_per_step(batches), center_shares(batches), batches.num_noise_words
    return row_damping(
        pairs * (1 + noise) * shares,
        pairs * (shares + noise * batches.noise_prob),
        _MAX_CHANGES_MET / lr if lr else math.inf,
    )


def _gradients(
    F: Namespace, v: Array, u: Array, row: Array, label: Array, weight: Array, *damping: Array
) -> tuple[Array, Array]:
    """The four lines of `NegativeSamplingSGD` for n blocks at once.

    v (n, b, d), u (n, C, d), row (n, b) of the tables label and weight -> dv (n, b, d), du (n, C, d). The
    tables are given times the rate, so slope, dv and du are times the rate too. `damping`: nothing, or
    centers (n, b), words (n, C) and the factors (V, 1) of the changes of their rows.
    """
    score = F.npx.batch_dot(v, u, transpose_b=True)  # (n, b, C)
    label, weight = _label_and_weight(F, row, label, weight)
    slope = label - weight * F.npx.activation(score, act_type="sigmoid")
    dv = F.npx.batch_dot(slope, u)
    du = F.npx.batch_dot(slope, v, transpose_a=True)
    if damping:
        centers, words, of_centers, of_words = damping
        dv = dv * F.np.take(of_centers, centers, axis=0, mode="clip")  # (n, b, 1)
        du = du * F.np.take(of_words, words, axis=0, mode="clip")  # (n, C, 1)
    return dv, du


def _sum_of_losses(F: Namespace, v: Array, u: Array, row: Array, label: Array, weight: Array) -> Array:
    """The loss of all pairs: v (n, b, d), u (n, C, d), row (n, b) of the tables -> (), nats."""
    score = F.npx.batch_dot(v, u, transpose_b=True)
    label, weight = _label_and_weight(F, row, label, weight)
    return F.np.sum(weight * softplus(F, score) - label * score)  # softplus(-s) = softplus(s) - s


def _label_and_weight(F: Namespace, row: Array, label: Array, weight: Array) -> tuple[Array, Array]:
    """Rows (n, b) of both tables: (n, b, C) each."""
    return F.np.take(label, row, axis=0, mode="clip"), F.np.take(weight, row, axis=0, mode="clip")


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
