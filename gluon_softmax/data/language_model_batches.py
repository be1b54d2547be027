"""Language model batches: a text as columns read side by side, so that one batch's state begins the next.

This is truncated back-propagation through time: the state is carried on, gradients stop at the batch.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Protocol

import numpy

from ..utils.checks import check_bool, check_ids, check_positive_int
from ..utils.object_checks import check_has
from ..utils.types import CorpusLike
from .host_array import as_host_arrays


class SentenceCorpus(CorpusLike, Protocol):
    """A corpus that says whether its sentences end in ``<eos>``."""

    eos: bool


class LanguageModelBatch(NamedTuple):
    """T words of each of B columns, and the words that follow them."""

    inputs: numpy.ndarray  # (T, B) int32
    targets: numpy.ndarray  # (T, B) int32, inputs one step on

    @property
    def batch_axis(self) -> int:
        """The axis of the columns, along which a batch is cut for several contexts."""
        return 1


class LanguageModelBatches:
    """Batches ``(inputs (T, B), targets (T, B))`` of a split, in the order of the text.

    Parameters
    ----------
    corpus : a `Corpus` read with ``eos=True``.
    batch_size : B, columns. Each is a span of the text; their lengths differ by at most one word.
    bptt : T, words of each column in a batch: how far back gradients go.
    split : "train", "valid" or "test".
    drop_remainder : leave out the words at the end of the text that do not fill every column (fewer than
        `batch_size`), as training may. By default **every** word of the split is predicted once, so that a
        perplexity is over all of them: the last batches are then shorter (T' <= T), and one row of the first
        B' < B columns may follow, which takes the state of those columns.

    The first word of the text is predicted from ``<eos>`` and a state of zeros; the first word of another
    column from the word before it and a state of zeros.

    ``epoch(e)`` iterates over the batches, the same in every epoch; ``produced`` counts the "tokens" that the
    latest epoch gave so far; ``expected_positions`` is how many an epoch has. Plain iteration gives the
    same in arrays whose ``as_in_ctx(device)`` puts them on a device, and ``len()`` is their number. Raises
    ValueError for a text without sentence ends, and for more columns than there are words.
    """

    def __init__(
        self,
        corpus: SentenceCorpus,
        batch_size: int,
        bptt: int,
        split: str = "train",
        *,
        drop_remainder: bool = False,
    ) -> None:
        check_has("corpus", corpus, ("counts", "ids", "eos"), "a text as load_corpus(..., eos=True) gives it")
        self.batch_size = check_positive_int("batch_size", batch_size)
        self.bptt = check_positive_int("bptt", bptt)
        self.vocab_size = len(corpus.counts)
        if not corpus.eos:
            raise ValueError(
                "corpus takes a text with sentence ends, load_corpus(..., eos=True); got eos=False"
            )
        ids = check_ids("corpus ids", corpus.ids(split), self.vocab_size).astype(numpy.int32, copy=False)
        if ids.size < batch_size:
            raise ValueError(f"batch_size takes at most the {ids.size} words of {split}; got {batch_size}")
        self._text = numpy.concatenate([ids[-1:], ids])  # (N + 1,); its last word is <eos>
        # columns of so many words each, the first few of them one word longer
        self._length, self._num_longer = divmod(ids.size, self.batch_size)
        if check_bool("drop_remainder", drop_remainder):
            self._num_longer = 0
        columns = numpy.arange(self.batch_size)
        self._starts = columns * self._length + numpy.minimum(columns, self._num_longer)  # (B,)
        self.expected_positions = float(self._length * self.batch_size + self._num_longer)
        self.produced = {"tokens": 0}

    def __iter__(self) -> Iterator[LanguageModelBatch]:
        return map(as_host_arrays, self.epoch(0))

    def __len__(self) -> int:
        return -(-self._length // self.bptt) + bool(self._num_longer)

    def epoch(self, epoch: int) -> Iterator[LanguageModelBatch]:
        """The batches of one epoch; every epoch has the same."""
        check_positive_int("epoch", epoch, 0)
        self.produced = {"tokens": 0}
        for start in range(0, self._length, self.bptt):
            yield self._cut(start, min(start + self.bptt, self._length), self._starts)
        if self._num_longer:
            yield self._cut(self._length, self._length + 1, self._starts[: self._num_longer])

    def _cut(self, first: int, last: int, starts: numpy.ndarray) -> LanguageModelBatch:
        """Words `first` to `last` of the columns that begin at `starts` (B,)."""
        positions = starts[None, :] + numpy.arange(first, last)[:, None]  # (T, B)
        self.produced["tokens"] += positions.size
        return LanguageModelBatch(self._text[positions], self._text[positions + 1])
