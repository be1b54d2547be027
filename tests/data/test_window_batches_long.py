"""A text that is one long line: the same pairs but at the cuts, and no more memory than for short lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, List, Tuple

import numpy
import pytest
from oracles.blocks import pairs_of as pairs_of_blocks
from oracles.reference import TinyCorpus
from oracles.window_reference import read, stacked

from gluon_softmax import CBOWBatches, SkipGramBatches, SkipGramBlocks, SkipGramPairs
from gluon_softmax.data import window_batches
from gluon_softmax.data.window_batches import _cut_sentences

CHUNK, W = 40, 3
Pairs = List[Tuple[int, int]]


def one_line(num_words: int = 1000) -> TinyCorpus:
    """Words 1 to 29 by chance, in one sentence between two short ones."""
    words = numpy.random.default_rng(2).integers(1, 30, num_words)
    return TinyCorpus([[1, 2, 3], words, [4, 5]], 30)


def pairs_within(words: list[int]) -> Pairs:
    return [
        (center, words[j])
        for i, center in enumerate(words)
        for j in range(max(0, i - W), min(len(words), i + W + 1))
        if j != i
    ]


def pairs_of(batches: Any) -> Pairs:
    if isinstance(batches, SkipGramPairs):
        return list(zip(*(column.tolist() for column in stacked(batches, 0))))
    if isinstance(batches, SkipGramBatches):
        rows = [row for batch in batches.epoch(0) for row in read(batch)]
        return [(center, context) for center, contexts, _ in rows for context in contexts]
    if isinstance(batches, SkipGramBlocks):
        return [(c, o) for batch in batches.epoch(0) for c, o, _ in pairs_of_blocks(batch, W)]
    return [
        (int(center), int(context))
        for batch in batches.epoch(0)
        for contexts, mask, center in zip(*batch)
        for context in contexts[mask == 1]
    ]


@pytest.mark.parametrize("kind", [SkipGramPairs, SkipGramBatches, SkipGramBlocks, CBOWBatches])
def test_the_pairs_are_those_of_the_uncut_text_but_at_the_cuts(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = one_line()
    uncut = pairs_of(kind(corpus, 16, W, subsampling="none", held_out=True))
    assert sorted(uncut) == sorted(pair for sentence in corpus.sentences for pair in pairs_within(sentence))
    monkeypatch.setattr(window_batches, "_CHUNK_TOKENS", CHUNK)
    found = pairs_of(kind(corpus, 16, W, subsampling="none", held_out=True))
    long = corpus.sentences[1]
    pieces = [corpus.sentences[0], *(long[i : i + CHUNK] for i in range(0, 1000, CHUNK)), corpus.sentences[2]]
    assert sorted(found) == sorted(pair for piece in pieces for pair in pairs_within(piece))
    assert len(uncut) - len(found) == 24 * W * (W + 1)  # 24 cuts, each of 3 + 2 + 1 pairs two ways


def test_where_sentences_are_cut() -> None:
    offsets = numpy.array([0, 3, 3, 13, 17])
    assert _cut_sentences(offsets, 10) is offsets
    assert _cut_sentences(offsets, 4).tolist() == [0, 3, 3, 7, 11, 13, 17]
    assert _cut_sentences(offsets, 1).tolist() == [0, 1, 2, 3, *range(3, 18)]
    assert _cut_sentences(numpy.array([0]), 4).tolist() == [0]


CHILD = """
import resource, sys
import numpy
from gluon_softmax.data.cbow_batches import CBOWBatches
from gluon_softmax.data.skip_gram_batches import SkipGramBatches, SkipGramPairs
from gluon_softmax.data.skip_gram_blocks import SkipGramBlocks
class Corpus:
    words = numpy.random.default_rng(0).integers(1, 5000, 1_000_000, dtype=numpy.int32)
    counts = numpy.bincount(words)
    def ids(self, split): return self.words
    def offsets(self, split): return numpy.append(numpy.arange(0, 1_000_000, int(sys.argv[2])), 1_000_000)
batches = locals()[sys.argv[1]](Corpus(), 512, subsampling="none")
next(batches.epoch(0))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_mib(kind: type, sentence: int) -> float:
    """The peak memory of a process that draws the first batch of sentences of so many words."""
    root = Path(__file__).resolve().parents[2]
    argv = [sys.executable, "-c", CHILD, kind.__name__, str(sentence)]
    return int(subprocess.run(argv, check=True, cwd=root, capture_output=True).stdout) / 1024


@pytest.mark.parametrize("kind", [SkipGramPairs, SkipGramBatches, SkipGramBlocks, CBOWBatches])
def test_one_line_of_a_million_words_takes_no_more_memory_than_short_lines(kind: type) -> None:
    assert peak_mib(kind, 1_000_000) < 1.2 * peak_mib(kind, 20) + 20
