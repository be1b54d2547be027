"""Skip-gram and CBOW batches in three forms, drawn again for every batch, or once as in the book.

Text is read in stretches of whole sentences. A stretch is subsampled, windowed and shuffled by itself, in a
random order of stretches, so that memory does not grow with the corpus, and every draw derives from (seed,
epoch, stretch, purpose).
"""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

import numpy

from ..checks import check_counts, check_ids, check_positive_int
from ..randomness import derive_rng
from ..samplers import UnigramSampler
from .windows import UNK, Windows, draw_windows, keep_probabilities, subsample

_STRETCH_TOKENS = 1 << 17
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


class CBOWBatch(NamedTuple):
    """Each centre's context words, padded to L, and the centre they predict."""

    contexts: numpy.ndarray  # (B, L) int32
    mask: numpy.ndarray  # (B, L) float32
    center: numpy.ndarray  # (B,) int32


class WindowBatches:
    """What the three forms share: stretches of a split, drawn and cut into batches.

    Parameters
    ----------
    corpus : a `Corpus`, for its ids, offsets and training counts.
    batch_size : positions in a batch; the last one of an epoch may be smaller.
    max_window_size : a window's size is drawn uniformly from 1 to this.
    split : "train", "valid" or "test".
    subsampling, threshold : see `keep_probabilities`.
    resample : True draws subsampling, windows and noise anew in every epoch (the book's exercise 4); False
        draws them once, as the book does, and only shuffles anew.
    held_out : one fixed draw, full windows, no shuffling: for a loss that can be compared from epoch to
        epoch.
    seed : decides every draw.

    ``epoch(e)`` iterates over the batches of epoch e; plain iteration goes through epochs 0, 1, 2, ...
    ``produced`` counts what the latest epoch gave so far ("centers", "pairs"); ``expected_positions`` is how
    many positions an epoch has on average.
    """

    def __init__(
        self,
        corpus: Any,
        batch_size: int,
        max_window_size: int = 5,
        *,
        split: str = "train",
        subsampling: str = "d2l",
        threshold: float = 1e-4,
        resample: bool = True,
        held_out: bool = False,
        seed: int = 0,
    ) -> None:
        self.batch_size = check_positive_int("batch_size", batch_size)
        self.max_window_size = check_positive_int("max_window_size", max_window_size)
        self.seed = check_positive_int("seed", seed, 0)
        self.vocab_size = len(corpus.counts)
        self._ids = check_ids("corpus ids", corpus.ids(split), self.vocab_size)
        self._offsets = numpy.asarray(corpus.offsets(split))
        if not self._ids.size:
            raise ValueError(f"corpus takes at least one word in its {split} split; got none")
        self._keep = keep_probabilities(check_counts("corpus counts", corpus.counts), subsampling, threshold)
        self._resample = resample
        self._held_out = held_out
        self._stretches = _cut(self._offsets, _STRETCH_TOKENS)
        self._next_epoch = 0
        self.produced = {"centers": 0, "pairs": 0}
        self.expected_positions = self._expect()

    def __iter__(self) -> Iterator[Any]:
        self._next_epoch += 1
        return self.epoch(self._next_epoch - 1)

    def epoch(self, epoch: int) -> Iterator[Any]:
        """The batches of one epoch; the same epoch of the same seed gives the same batches."""
        self.produced = {"centers": 0, "pairs": 0}
        order = numpy.arange(len(self._stretches) - 1)
        if not self._held_out:
            derive_rng(self.seed, epoch, 0, "order").shuffle(order)
        left: tuple[numpy.ndarray, ...] | None = None
        for stretch in order:
            columns = self._columns(epoch, int(stretch))
            if left is not None:
                columns = tuple(numpy.concatenate(pair) for pair in zip(left, columns))
            full = len(columns[0]) // self.batch_size * self.batch_size
            for start in range(0, full, self.batch_size):
                yield self._batch(*(column[start : start + self.batch_size] for column in columns))
            left = tuple(column[full:] for column in columns)
        if left is not None and len(left[0]):
            yield self._batch(*left)

    def _columns(self, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        drawn = epoch if self._resample and not self._held_out else 0
        windows = self._windows(drawn, stretch)
        self.produced["centers"] += len(windows.centers)
        self.produced["pairs"] += int(numpy.count_nonzero(windows.mask))
        columns = self._arrange(windows, drawn, stretch)
        if self._held_out:
            return columns
        shuffled = derive_rng(self.seed, epoch, stretch, "shuffle").permutation(len(columns[0]))
        return tuple(column[shuffled] for column in columns)

    def _windows(self, epoch: int, stretch: int) -> Windows:
        first, last = self._stretches[stretch], self._stretches[stretch + 1]
        lengths = numpy.diff(self._offsets[first : last + 1])
        ids = self._ids[self._offsets[first] : self._offsets[last]]
        sentence_of = numpy.repeat(numpy.arange(lengths.size, dtype=numpy.int32), lengths)
        ids, sentence_of = subsample(
            ids, sentence_of, self._keep, derive_rng(self.seed, epoch, stretch, "subsample")
        )
        rng = None if self._held_out else derive_rng(self.seed, epoch, stretch, "window")
        return draw_windows(ids, sentence_of, self.max_window_size, rng)

    def _expect(self) -> float:
        """Positions an epoch, estimated from one stretch: for a progress bar and a falling learning rate, not
        for a loss.
        """
        windows = self._windows(0, 0)
        share = (self._offsets[self._stretches[1]] - self._offsets[0]) / max(1, self._ids.size)
        return self._count_positions(windows) / share if share else 0.0

    def _count_positions(self, windows: Windows) -> int:
        return len(windows.centers)

    def _arrange(self, windows: Windows, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        """The arrays that `_batch` takes a slice of, one row a position."""
        raise NotImplementedError

    def _batch(self, *columns: numpy.ndarray) -> Any:
        raise NotImplementedError


class SkipGramPairs(WindowBatches):
    """Batches ``(center (B,), context (B,))``, one positive pair a position; see `WindowBatches`."""

    def _count_positions(self, windows: Windows) -> int:
        return int(numpy.count_nonzero(windows.mask))

    def _arrange(self, windows: Windows, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        rows, columns = numpy.nonzero(windows.mask)
        return windows.centers[rows], windows.contexts[rows, columns]

    def _batch(self, *columns: numpy.ndarray) -> PairBatch:
        return PairBatch(*columns)


class CBOWBatches(WindowBatches):
    """Batches ``(contexts (B, 2 W), mask (B, 2 W), center (B,))``; see `WindowBatches`."""

    def _arrange(self, windows: Windows, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        return windows.contexts, windows.mask.astype(numpy.float32), windows.centers

    def _batch(self, *columns: numpy.ndarray) -> CBOWBatch:
        return CBOWBatch(*columns)


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
        if noise_weights is None:
            noise_weights = corpus.counts
        else:
            power = 1.0
        weights = check_counts("noise_weights", noise_weights, self.vocab_size).copy()
        weights[UNK] = 0
        if not weights.any():
            raise ValueError(
                "noise_weights takes a weight above 0 for a word other than <unk>, id 0; got none"
            )
        self._noise = UnigramSampler(weights, power)

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


def _cut(offsets: numpy.ndarray, tokens: int) -> numpy.ndarray:
    """Sentence numbers at which stretches of about `tokens` tokens begin, and the number of sentences."""
    marks = numpy.arange(0, offsets[-1], tokens)
    starts = numpy.unique(numpy.searchsorted(offsets[:-1], marks))
    return numpy.append(starts[starts < offsets.size - 1], offsets.size - 1)
