"""What all batches of centres and their windows share: text is drawn chunk by chunk and sliced into batches.

A chunk, some whole sentences, is subsampled, windowed and shuffled by itself, and the chunks come in a random
order. So memory does not grow with the corpus, and every draw derives from (seed, epoch, chunk, purpose).
A sentence longer than a chunk is cut into pieces of a chunk, and windows do not reach over the cut.
"""

from __future__ import annotations

from typing import Any, Iterator

import numpy

from ..utils.checks import check_bool, check_counts, check_ids, check_positive_int, on_host
from ..utils.object_checks import check_corpus
from ..utils.randomness import derive_rng
from ..utils.types import Batch, CorpusLike
from .host_array import as_host_arrays
from .windows import Windows, draw_windows, keep_probabilities, subsample

_CHUNK_TOKENS = 1 << 17


class WindowBatches:
    """The batches of a split, drawn chunk by chunk; a subclass gives them their form.

    Windows stop at the ends of sentences, and in a sentence of more than 131,072 words, such as a text of one
    line, after every 131,072 of them.

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

    Attributes
    ----------
    produced : what the latest epoch gave so far, by name ("centers", "pairs").
    expected_positions : how many positions an epoch has on average.

    ``epoch(e)`` iterates over the batches of epoch e. Plain iteration gives epochs 0, 1, 2, ..., in arrays
    whose ``as_in_ctx(device)`` puts them on a device, and ``len()`` is the number of batches that it gives
    next; so a loop like the book's runs on these batches. Raises ValueError for a split without words and for
    ids that are not in the vocabulary.

    A subclass gives `_arrange` and `_batch`. One whose windows have another form overrides `_windows` and
    `_count` too; one whose arrays have other rows than positions sets `_rows`, the rows per batch, and
    overrides `_num_rows`.
    """

    _position_kind = "centers"  # which of the counts in `produced` is that of positions

    def __init__(
        self,
        corpus: CorpusLike,
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
        check_corpus(corpus)
        self.batch_size = check_positive_int("batch_size", batch_size)
        self._rows = self.batch_size
        self.max_window_size = check_positive_int("max_window_size", max_window_size)
        self.seed = check_positive_int("seed", seed, 0)
        self.vocab_size = len(corpus.counts)
        self._ids = check_ids("corpus ids", corpus.ids(split), self.vocab_size)
        self._offsets = _cut_sentences(on_host(corpus.offsets(split)), _CHUNK_TOKENS)
        if not self._ids.size:
            raise ValueError(f"corpus takes at least one word in its {split} split; got none")
        counts = check_counts("corpus counts", corpus.counts)
        # float32 as the draws are; once here, and not for every chunk
        self._keep = keep_probabilities(counts, subsampling, threshold).astype(numpy.float32)
        self._counts = corpus.counts
        self._resample = check_bool("resample", resample)
        self._held_out = check_bool("held_out", held_out)
        self._chunks = _cut(self._offsets, _CHUNK_TOKENS)
        self._next_epoch = 0
        self._counted: tuple[int, int] | None = None  # an epoch's draw and its number of batches
        self.produced = {"centers": 0, "pairs": 0}
        self.expected_positions = self._expect()

    @property
    def kept_counts(self) -> numpy.ndarray:
        """How often each word is expected to be left after subsampling: float64 (vocab_size,)."""
        kept: numpy.ndarray = self._counts * self._keep
        return kept

    def __iter__(self) -> Iterator[Any]:
        self._next_epoch += 1
        return map(as_host_arrays, self.epoch(self._next_epoch - 1))

    def __len__(self) -> int:
        """How many batches the next plain iteration gives, as ``len()`` of a DataLoader says it.

        Each epoch draws its own words and windows, so these are drawn and counted: a fraction of the epoch's
        work, once for each.
        """
        draw = self._draw_of(self._next_epoch)
        if self._counted is None or self._counted[0] != draw:
            rows = sum(self._num_rows(self._windows(draw, k)) for k in range(len(self._chunks) - 1))
            self._counted = draw, -(-rows // self._rows)
        return self._counted[1]

    def __bool__(self) -> bool:
        """True, as of any object; nothing is counted for it."""
        return True

    def epoch(self, epoch: int) -> Iterator[Any]:
        """The batches of one epoch, from 0; the same epoch of the same seed gives the same batches."""
        epoch = check_positive_int("epoch", epoch, 0)
        self.produced = {"centers": 0, "pairs": 0}
        order = numpy.arange(len(self._chunks) - 1)
        if not self._held_out:
            derive_rng(self.seed, epoch, 0, "order").shuffle(order)
        remainder: tuple[numpy.ndarray, ...] | None = None  # rows that did not fill a batch
        for chunk in order:
            columns = self._columns(epoch, int(chunk))
            if remainder is not None:
                columns = tuple(numpy.concatenate(pair) for pair in zip(remainder, columns))
            full = len(columns[0]) // self._rows * self._rows
            for start in range(0, full, self._rows):
                yield self._batch(*(column[start : start + self._rows] for column in columns))
            remainder = tuple(column[full:] for column in columns)
        if remainder is not None and len(remainder[0]):
            yield self._batch(*remainder)

    def _columns(self, epoch: int, chunk: int) -> tuple[numpy.ndarray, ...]:
        """The arrays of a chunk in the order of this epoch."""
        draw = self._draw_of(epoch)
        windows = self._windows(draw, chunk)
        for name, count in self._count(windows).items():
            self.produced[name] += count
        columns = self._arrange(windows, draw, chunk)
        if self._held_out:
            return columns
        shuffled = derive_rng(self.seed, epoch, chunk, "shuffle").permutation(len(columns[0]))
        return tuple(column[shuffled] for column in columns)

    def _draw_of(self, epoch: int) -> int:
        """The epoch whose words and windows this one has."""
        return epoch if self._resample and not self._held_out else 0

    def _windows(self, epoch: int, chunk: int) -> tuple[numpy.ndarray, ...]:
        """The windows of a chunk in the form that `_count` and `_arrange` take: `Windows` here."""
        ids, sentence_of, rng = self._text(epoch, chunk)
        return draw_windows(ids, sentence_of, self.max_window_size, rng)

    def _text(
        self, epoch: int, chunk: int
    ) -> tuple[numpy.ndarray, numpy.ndarray, numpy.random.Generator | None]:
        """A chunk, subsampled: ids (n,), the sentence of each (n,), and what its windows are drawn with."""
        first, last = self._chunks[chunk], self._chunks[chunk + 1]
        lengths = numpy.diff(self._offsets[first : last + 1])
        ids = self._ids[self._offsets[first] : self._offsets[last]]
        sentence_of = numpy.repeat(numpy.arange(lengths.size, dtype=numpy.int32), lengths)
        ids, sentence_of = subsample(
            ids, sentence_of, self._keep, derive_rng(self.seed, epoch, chunk, "subsample")
        )
        rng = None if self._held_out else derive_rng(self.seed, epoch, chunk, "window")
        return ids, sentence_of, rng

    def _expect(self) -> float:
        """Positions per epoch, estimated from one chunk.

        For a progress bar and a falling learning rate, not for a loss.
        """
        windows = self._windows(0, 0)
        share = (self._offsets[self._chunks[1]] - self._offsets[0]) / max(1, self._ids.size)
        return self._count(windows)[self._position_kind] / share if share else 0.0

    def _count(self, windows: Any) -> dict[str, int]:
        """Centres and pairs in what `_windows` gave."""
        found: Windows = windows
        return {"centers": len(found.centers), "pairs": int(numpy.count_nonzero(found.mask))}

    def _num_rows(self, windows: Any) -> int:
        """How many rows `_arrange` makes of what `_windows` gave."""
        return self._count(windows)[self._position_kind]

    def _arrange(self, windows: Any, epoch: int, chunk: int) -> tuple[numpy.ndarray, ...]:
        """What `_windows` gave as the arrays that `_batch` takes slices of, equally long."""
        raise NotImplementedError

    def _batch(self, *columns: numpy.ndarray) -> Batch:
        """A batch, from its rows of each array."""
        raise NotImplementedError


def _cut_sentences(offsets: numpy.ndarray, tokens: int) -> numpy.ndarray:
    """Sentence starts, and the end of the last: (S + 1,), with those above `tokens` words cut into pieces."""
    lengths = numpy.diff(offsets)
    if not lengths.size or lengths.max() <= tokens:
        return offsets
    pieces = numpy.maximum(-(-lengths // tokens), 1)  # of each sentence
    number = numpy.arange(pieces.sum()) - numpy.repeat(
        numpy.cumsum(pieces) - pieces, pieces
    )  # in its sentence
    return numpy.append(numpy.repeat(offsets[:-1], pieces) + number * tokens, offsets[-1])


def _cut(offsets: numpy.ndarray, tokens: int) -> numpy.ndarray:
    """Sentence numbers at which chunks of about `tokens` tokens begin, and the number of sentences."""
    marks = numpy.arange(0, offsets[-1], tokens)
    starts = numpy.unique(numpy.searchsorted(offsets[:-1], marks))
    return numpy.append(starts[starts < offsets.size - 1], offsets.size - 1)
