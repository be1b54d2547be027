"""Skip-gram batches in two forms: pairs for any layer, and the padded rows of the book."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy

from ..utils.checks import check_positive_int
from ..utils.randomness import derive_rng
from .noise import noise_sampler
from .window_batches import WindowBatches
from .windows import Windows

_MOST_REDRAWS = 32


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
    """Batches ``(center (B,), context (B,))``, one positive pair a position; see `WindowBatches`."""

    _position = "pairs"

    def _arrange(self, windows: Windows, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        rows, columns = numpy.nonzero(windows.mask)
        return windows.centers[rows], windows.contexts[rows, columns]

    def _batch(self, *columns: numpy.ndarray) -> PairBatch:
        return PairBatch(*columns)


class SkipGramBatches(WindowBatches):
    """The book's batches ``(center (B, 1), contexts_negatives (B, L), mask (B, L), label (B, L))`` with L = 2
    W (1 + K); see `WindowBatches`.

    `num_noise_words`, K, noise words are drawn for each context word, from counts^power; none is `<unk>` or a
    context word of the same centre. Raises ValueError where a centre's context words are all the words that
    can be drawn: ``d2l.get_negatives`` never returns there.
    """

    def __init__(
        self,
        corpus: Any,
        batch_size: int,
        max_window_size: int = 5,
        num_noise_words: int = 5,
        *,
        power: float = 0.75,
        noise_weights: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(corpus, batch_size, max_window_size, **kwargs)
        self.num_noise_words = check_positive_int("num_noise_words", num_noise_words)
        self._noise = noise_sampler(corpus.counts, power, noise_weights)

    def _arrange(self, windows: Windows, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        negatives = self._draw_negatives(
            windows, derive_rng(self.seed, epoch, stretch, "noise")
        )  # (n, 2 W K)
        first = numpy.argsort(
            ~windows.mask, axis=1, kind="stable"
        )  # context words to the left, padding to the right
        contexts = numpy.take_along_axis(windows.contexts, first, axis=1)  # (n, 2 W)
        return windows.centers, windows.mask.sum(axis=1), contexts, negatives

    def _batch(self, *columns: numpy.ndarray) -> SkipGramBatch:
        center, num_contexts, contexts, negatives = columns
        width = contexts.shape[1] + negatives.shape[1]  # L
        position = numpy.arange(width)[None, :]  # (1, L)
        num_contexts = num_contexts[:, None]  # (B, 1)
        label = position < num_contexts
        mask = position < num_contexts * (1 + self.num_noise_words)
        source = numpy.where(label, position, contexts.shape[1] + position - num_contexts)
        source *= mask  # (B, L), noise right behind the contexts; padding reads column 0, and is masked below
        words = numpy.take_along_axis(numpy.concatenate([contexts, negatives], axis=1), source, axis=1)
        return SkipGramBatch(
            center[:, None], words * mask, mask.astype(numpy.float32), label.astype(numpy.float32)
        )

    def _draw_negatives(self, windows: Windows, rng: numpy.random.Generator) -> numpy.ndarray:
        contexts = numpy.where(windows.mask, windows.contexts, -1)  # (n, 2 W)
        shape = (len(contexts), contexts.shape[1] * self.num_noise_words)
        if not len(contexts):
            return numpy.empty(shape, dtype=numpy.int32)
        negatives = self._noise.sample(shape[0] * shape[1], rng=rng).astype(numpy.int32).reshape(shape)
        rows, columns = numpy.nonzero(_among(negatives, contexts))
        for _ in range(_MOST_REDRAWS):
            if not rows.size:
                return negatives
            drawn = self._noise.sample(rows.size, rng=rng).astype(numpy.int32)
            hits = (drawn[:, None] == contexts[rows]).any(axis=1)
            negatives[rows[~hits], columns[~hits]] = drawn[~hits]
            rows, columns = rows[hits], columns[hits]
        for row in numpy.unique(rows):  # centres whose contexts cover nearly all of the noise
            here = columns[rows == row]
            negatives[row, here] = self._draw_outside(contexts[row], here.size, rng)
        return negatives

    def _draw_outside(self, contexts: numpy.ndarray, n: int, rng: numpy.random.Generator) -> numpy.ndarray:
        """`n` noise words from exactly the distribution that leaves `contexts` out, or a ValueError if that
        leaves nothing.
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


def _among(negatives: numpy.ndarray, contexts: numpy.ndarray) -> numpy.ndarray:
    """Where a noise word is a context word of its centre: (n, N), (n, C) -> (n, N) bool."""
    found = numpy.zeros(negatives.shape, dtype=bool)
    for column in range(contexts.shape[1]):
        found |= negatives == contexts[:, column : column + 1]
    return found
