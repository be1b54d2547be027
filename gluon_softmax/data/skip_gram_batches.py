"""Skip-gram batches: pairs of words for any output layer, or the book's four arrays with noise words."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy

from ..utils.checks import check_counts, check_positive_int
from ..utils.randomness import derive_rng
from ..utils.types import CorpusLike, Numbers
from ..vocabulary.samplers import UnigramSampler
from ..vocabulary.tokens import UNK_ID
from .window_batches import WindowBatches
from .windows import Windows

_MAX_REDRAWS = 32  # then the noise words of the few centres that are left are drawn from what remains


class PairBatch(NamedTuple):
    """Positive pairs, for any output layer."""

    center: numpy.ndarray  # (B,) int32
    context: numpy.ndarray  # (B,) int32


class SkipGramBatch(NamedTuple):
    """The book's minibatch: each centre with its context words, then its noise words, padded to L."""

    center: numpy.ndarray  # (B, 1) int32
    contexts_negatives: numpy.ndarray  # (B, L) int32
    mask: numpy.ndarray  # (B, L) float32, 0 for padding
    label: numpy.ndarray  # (B, L) float32, 1 for a context word


class SkipGramPairs(WindowBatches):
    """Batches ``(center (B,), context (B,))``, one positive pair per position; see `WindowBatches`."""

    _position_kind = "pairs"

    def _arrange(self, windows: Windows, _epoch: int, _chunk: int) -> tuple[numpy.ndarray, ...]:
        rows, columns = numpy.nonzero(windows.mask)
        return windows.centers[rows], windows.contexts[rows, columns]

    def _batch(self, *columns: numpy.ndarray) -> PairBatch:
        return PairBatch(*columns)


class SkipGramBatches(WindowBatches):
    """The book's batches ``(center (B, 1), contexts_negatives (B, L), mask (B, L), label (B, L))``.

    L = 2 W (1 + K). *Dive into Deep Learning*, section "The Dataset for Pretraining Word Embeddings"; the
    other parameters are those of `WindowBatches`.

    Parameters
    ----------
    num_noise_words : K, noise words drawn for each context word. None is `<unk>` or a context word of the
        same centre.
    power : noise words are drawn in proportion to counts^power.
    noise_weights : numbers (vocab_size,) to draw in proportion to instead; that of `<unk>` does not count.

    Raises ValueError where nothing can be drawn: for weights of 0, and for a centre whose context words are
    all the words with a weight, where ``d2l.get_negatives`` never returns.
    """

    def __init__(
        self,
        corpus: CorpusLike,
        batch_size: int,
        max_window_size: int = 5,
        num_noise_words: int = 5,
        *,
        power: float = 0.75,
        noise_weights: Numbers | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(corpus, batch_size, max_window_size, **kwargs)
        self.num_noise_words = check_positive_int("num_noise_words", num_noise_words)
        weights = corpus.counts
        if noise_weights is not None:
            weights, power = check_counts("noise_weights", noise_weights, self.vocab_size), 1.0
        if not numpy.delete(weights, UNK_ID).any():
            raise ValueError(
                "noise_weights takes a weight above 0 for a word other than <unk>, id 0; got none"
            )
        self._noise = UnigramSampler(weights, power, exclude=[UNK_ID])

    def _arrange(self, windows: Windows, epoch: int, chunk: int) -> tuple[numpy.ndarray, ...]:
        negatives = self._draw_negatives(windows, derive_rng(self.seed, epoch, chunk, "noise"))
        contexts_first = numpy.argsort(~windows.mask, axis=1, kind="stable")  # padding to the right
        contexts = numpy.take_along_axis(windows.contexts, contexts_first, axis=1)  # (n, 2 W)
        return windows.centers, windows.mask.sum(axis=1), contexts, negatives

    def _batch(self, *columns: numpy.ndarray) -> SkipGramBatch:
        center, num_contexts, contexts, negatives = columns
        width = contexts.shape[1] + negatives.shape[1]  # L
        position = numpy.arange(width)[None, :]  # (1, L)
        num_contexts = num_contexts[:, None]  # (B, 1)
        label = position < num_contexts
        mask = position < num_contexts * (1 + self.num_noise_words)
        # noise comes right after the context words; padding reads column 0, and is masked below
        source = numpy.where(label, position, contexts.shape[1] + position - num_contexts)
        source *= mask  # (B, L)
        words = numpy.take_along_axis(numpy.concatenate([contexts, negatives], axis=1), source, axis=1)
        return SkipGramBatch(
            center[:, None], words * mask, mask.astype(numpy.float32), label.astype(numpy.float32)
        )

    def _draw_negatives(self, windows: Windows, rng: numpy.random.Generator) -> numpy.ndarray:
        """Noise words of each centre, none of them among its context words: int32 (n, 2 W K)."""
        contexts = numpy.where(windows.mask, windows.contexts, -1)  # (n, 2 W)
        shape = (len(contexts), contexts.shape[1] * self.num_noise_words)
        if not len(contexts):
            return numpy.empty(shape, dtype=numpy.int32)
        negatives = self._noise.sample(shape[0] * shape[1], rng=rng).astype(numpy.int32).reshape(shape)
        rows, columns = numpy.nonzero(_is_context(negatives, contexts))
        for _ in range(_MAX_REDRAWS):
            if not rows.size:
                return negatives
            drawn = self._noise.sample(rows.size, rng=rng).astype(numpy.int32)
            hits = (drawn[:, None] == contexts[rows]).any(axis=1)
            negatives[rows[~hits], columns[~hits]] = drawn[~hits]
            rows, columns = rows[hits], columns[hits]
        for row in numpy.unique(rows):  # centres whose contexts cover nearly all of the noise
            own_columns = columns[rows == row]
            negatives[row, own_columns] = self._draw_outside(contexts[row], own_columns.size, rng)
        return negatives

    def _draw_outside(self, contexts: numpy.ndarray, n: int, rng: numpy.random.Generator) -> numpy.ndarray:
        """`n` noise words from exactly the distribution that leaves `contexts` out.

        Raises ValueError if that leaves nothing.
        """
        covered = numpy.unique(contexts[contexts >= 0])
        probability = self._noise.prob(numpy.arange(self.vocab_size))
        probability[covered] = 0
        if not probability.any():
            raise ValueError(
                "noise_weights takes a word above 0 outside each centre's contexts; "
                f"got a centre whose context words, {covered.size} of them, are all that can be drawn"
            )
        return rng.choice(self.vocab_size, size=n, p=probability / probability.sum())


def _is_context(negatives: numpy.ndarray, contexts: numpy.ndarray) -> numpy.ndarray:
    """Where a noise word is a context word of its centre: (n, N), (n, C) -> (n, N) bool."""
    found = numpy.zeros(negatives.shape, dtype=bool)
    for column in range(contexts.shape[1]):
        found |= negatives == contexts[:, column : column + 1]
    return found
