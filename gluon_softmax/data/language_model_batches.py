"""Language model batches: a text as columns that are read side by side, so that the state of one batch goes
on into the next (truncated back-propagation through time).
"""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

import numpy

from ..utils.checks import check_ids, check_positive_int


class LanguageModelBatch(NamedTuple):
    """T words of each of B columns, and the words that follow them."""

    inputs: numpy.ndarray  # (T, B) int32
    targets: numpy.ndarray  # (T, B) int32, inputs one step on

    @property
    def batch_axis(self) -> int:
        """What `to_device` cuts along."""
        return 1


class LanguageModelBatches:
    """Batches ``(inputs (T, B), targets (T, B))`` of a split, in the order of the text.

    Parameters
    ----------
    corpus : a `Corpus` read with ``eos=True``.
    batch_size : B, columns. Each is a stretch of the text; all are equally long, but for a word.
    bptt : T, words of each column in a batch: how far back gradients go.
    split : "train", "valid" or "test".
    drop_remainder : leave out the words at the end of the text that do not fill every column (fewer than
        `batch_size`), as training may. By default **every** word of the split is predicted once, so that a
        perplexity is over all of them: the last batches are then shorter (T' <= T), and one row of the first
        B' < B columns may follow, which takes the state of those columns.

    The first word of the text is predicted from ``<eos>`` and a state of zeros; the first word of another
    column from the word before it and a state of zeros.

    ``epoch(e)`` iterates over the batches, the same in every epoch; ``produced`` counts the "tokens" that the
    latest epoch gave so far; ``expected_positions`` is how many an epoch has. Raises ValueError for a text
    without sentence ends, and for more columns than there are words.
    """

    def __init__(
        self,
        corpus: Any,
        batch_size: int,
        bptt: int,
        split: str = "train",
        *,
        drop_remainder: bool = False,
    ) -> None:
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
        self._length, self._longer = divmod(ids.size, self.batch_size)
        if drop_remainder:
            self._longer = 0
        columns = numpy.arange(self.batch_size)
        self._starts = columns * self._length + numpy.minimum(columns, self._longer)  # (B,)
        self.expected_positions = float(self._length * self.batch_size + self._longer)
        self.produced = {"tokens": 0}

    def __iter__(self) -> Iterator[LanguageModelBatch]:
        return self.epoch(0)

    def epoch(self, epoch: int) -> Iterator[LanguageModelBatch]:
        """The batches of one epoch; every epoch has the same."""
        self.produced = {"tokens": 0}
        for start in range(0, self._length, self.bptt):
            yield self._cut(start, min(start + self.bptt, self._length), self._starts)
        if self._longer:
            yield self._cut(self._length, self._length + 1, self._starts[: self._longer])

    def _cut(self, first: int, last: int, starts: numpy.ndarray) -> LanguageModelBatch:
        places = starts[None, :] + numpy.arange(first, last)[:, None]  # (T, B)
        self.produced["tokens"] += places.size
        return LanguageModelBatch(self._text[places], self._text[places + 1])
