"""What all batches of centres and their windows share: the text in stretches, drawn by themselves and cut up.

A stretch of whole sentences is subsampled, windowed and shuffled by itself, in a random order of stretches,
so that memory does not grow with the corpus, and every draw derives from (seed, epoch, stretch, purpose).
"""

from __future__ import annotations

from typing import Any, Iterator

import numpy

from ..utils.checks import check_counts, check_ids, check_positive_int
from ..utils.randomness import derive_rng
from .windows import Windows, draw_windows, keep_probabilities, subsample

_STRETCH_TOKENS = 1 << 17


class WindowBatches:
    """What the forms of a batch share: stretches of a split, drawn and cut into batches.

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

    ``kept_counts`` (vocab_size,) is how often each word of the training text survives subsampling on average.
    ``epoch(e)`` iterates over the batches of epoch e; plain iteration goes through epochs 0, 1, 2, ...
    ``produced`` counts what the latest epoch gave so far ("centers", "pairs"); ``expected_positions`` is how
    many positions an epoch has on average.
    """

    _position = "centers"  # what a position is, of those that `produced` counts

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
        self._rows = self.batch_size  # of the arrays that `_arrange` gives, in a batch
        self.max_window_size = check_positive_int("max_window_size", max_window_size)
        self.seed = check_positive_int("seed", seed, 0)
        self.vocab_size = len(corpus.counts)
        self._ids = check_ids("corpus ids", corpus.ids(split), self.vocab_size)
        self._offsets = numpy.asarray(corpus.offsets(split))
        if not self._ids.size:
            raise ValueError(f"corpus takes at least one word in its {split} split; got none")
        counts = check_counts("corpus counts", corpus.counts)
        # float32 as the draws are; once here, and not for every stretch
        self._keep = keep_probabilities(counts, subsampling, threshold).astype(numpy.float32)
        self._counts = corpus.counts
        self._resample = resample
        self._held_out = held_out
        self._stretches = _cut(self._offsets, _STRETCH_TOKENS)
        self._next_epoch = 0
        self.produced = {"centers": 0, "pairs": 0}
        self.expected_positions = self._expect()

    @property
    def kept_counts(self) -> numpy.ndarray:
        """How often each word is expected to be left after subsampling: float64 (vocab_size,)."""
        kept: numpy.ndarray = self._counts * self._keep
        return kept

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
            full = len(columns[0]) // self._rows * self._rows
            for start in range(0, full, self._rows):
                yield self._batch(*(column[start : start + self._rows] for column in columns))
            left = tuple(column[full:] for column in columns)
        if left is not None and len(left[0]):
            yield self._batch(*left)

    def _columns(self, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        drawn = epoch if self._resample and not self._held_out else 0
        windows = self._windows(drawn, stretch)
        for name, count in self._count(windows).items():
            self.produced[name] += count
        columns = self._arrange(windows, drawn, stretch)
        if self._held_out:
            return columns
        shuffled = derive_rng(self.seed, epoch, stretch, "shuffle").permutation(len(columns[0]))
        return tuple(column[shuffled] for column in columns)

    def _windows(self, epoch: int, stretch: int) -> Any:
        """The windows of a stretch in the form that `_count` and `_arrange` take."""
        ids, sentence_of, rng = self._text(epoch, stretch)
        return draw_windows(ids, sentence_of, self.max_window_size, rng)

    def _text(
        self, epoch: int, stretch: int
    ) -> tuple[numpy.ndarray, numpy.ndarray, numpy.random.Generator | None]:
        """A stretch, subsampled: ids (n,), the sentence of each (n,), and what its windows are drawn with."""
        first, last = self._stretches[stretch], self._stretches[stretch + 1]
        lengths = numpy.diff(self._offsets[first : last + 1])
        ids = self._ids[self._offsets[first] : self._offsets[last]]
        sentence_of = numpy.repeat(numpy.arange(lengths.size, dtype=numpy.int32), lengths)
        ids, sentence_of = subsample(
            ids, sentence_of, self._keep, derive_rng(self.seed, epoch, stretch, "subsample")
        )
        rng = None if self._held_out else derive_rng(self.seed, epoch, stretch, "window")
        return ids, sentence_of, rng

    def _expect(self) -> float:
        """Positions an epoch, estimated from one stretch: for a progress bar and a falling learning rate, not
        for a loss.
        """
        windows = self._windows(0, 0)
        share = (self._offsets[self._stretches[1]] - self._offsets[0]) / max(1, self._ids.size)
        return self._count(windows)[self._position] / share if share else 0.0

    def _count(self, windows: Any) -> dict[str, int]:
        found: Windows = windows
        return {"centers": len(found.centers), "pairs": int(numpy.count_nonzero(found.mask))}

    def _arrange(self, windows: Any, epoch: int, stretch: int) -> tuple[numpy.ndarray, ...]:
        """The arrays that `_batch` takes a slice of."""
        raise NotImplementedError

    def _batch(self, *columns: numpy.ndarray) -> Any:
        raise NotImplementedError


def _cut(offsets: numpy.ndarray, tokens: int) -> numpy.ndarray:
    """Sentence numbers at which stretches of about `tokens` tokens begin, and the number of sentences."""
    marks = numpy.arange(0, offsets[-1], tokens)
    starts = numpy.unique(numpy.searchsorted(offsets[:-1], marks))
    return numpy.append(starts[starts < offsets.size - 1], offsets.size - 1)
