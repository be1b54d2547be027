"""From sentences to each centre's context words: subsampling, then random windows that stop at sentence ends.

Mikolov et al. 2013, "Distributed Representations of Words and Phrases", section 2.3; *Dive into Deep
Learning*, section "The Dataset for Pretraining Word Embeddings". Everything here is whole-array NumPy: no
Python loop runs over tokens.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy

from ..utils.checks import check_choice, check_number
from ..vocabulary.tokens import UNK_ID

SUBSAMPLING = ("d2l", "word2vec", "none")


class Windows(NamedTuple):
    """The centres of a chunk of text, each with the words in its window."""

    centers: numpy.ndarray  # (n,) int32
    contexts: numpy.ndarray  # (n, 2 W) int32, 0 where the window ends before
    mask: numpy.ndarray  # (n, 2 W) bool


def keep_probabilities(
    counts: numpy.ndarray, subsampling: str = "d2l", threshold: float = 1e-4
) -> numpy.ndarray:
    """Probability (V,) that an occurrence of each word is kept; `<unk>`, id 0, never is.

    With f a word's share of the known tokens and t the threshold: ``d2l`` keeps min(1, sqrt(t / f)), the
    paper's formula; ``word2vec`` keeps min(1, (sqrt(f / t) + 1) t / f), the one of word2vec.c; ``none`` keeps
    all.
    """
    check_choice("subsampling", subsampling, SUBSAMPLING)
    threshold = check_number("threshold", threshold, 0, 1, open_low=True)
    known = numpy.array(counts, dtype=numpy.float64)
    known[UNK_ID] = 0
    with numpy.errstate(divide="ignore", invalid="ignore"):
        ratio = threshold * known.sum() / known  # t / f, infinite for a word that never occurs
        keep: numpy.ndarray = {
            "d2l": numpy.sqrt(ratio),
            "word2vec": numpy.sqrt(ratio) + ratio,
            "none": numpy.full(known.size, numpy.inf),
        }[subsampling]
    keep = numpy.minimum(keep, 1.0)
    keep[UNK_ID] = 0
    return keep


def subsample(
    ids: numpy.ndarray, sentence_of: numpy.ndarray, keep: numpy.ndarray, rng: numpy.random.Generator
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The tokens that survive and the sentence of each: ids (N,), sentence_of (N,) -> (n,), (n,)."""
    kept = rng.random(ids.size, dtype=numpy.float32) < keep.astype(numpy.float32, copy=False)[ids]
    return ids[kept], sentence_of[kept]


def draw_reaches(
    sentence_of: numpy.ndarray, max_window_size: int, rng: numpy.random.Generator | None
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """How many words to its left and to its right are context words of each token: two (n,).

    Context words are those up to w away in its sentence, w uniform on 1 ... max_window_size, or without
    `rng` always max_window_size, as a held-out loss wants it.
    """
    n = sentence_of.size
    window = numpy.full(n, max_window_size) if rng is None else rng.integers(1, max_window_size + 1, n)
    starts = numpy.flatnonzero(numpy.diff(sentence_of, prepend=-1))
    lengths = numpy.diff(starts, append=n)
    position = numpy.arange(n) - numpy.repeat(starts, lengths)  # in its sentence
    words_after = numpy.repeat(lengths, lengths) - 1 - position
    return numpy.minimum(window, position), numpy.minimum(window, words_after)


def draw_windows(
    ids: numpy.ndarray, sentence_of: numpy.ndarray, max_window_size: int, rng: numpy.random.Generator | None
) -> Windows:
    """Every token with its context words; a centre with no context word is left out.

    ids, sentence_of (N,) → `Windows` of n <= N centres. See `draw_reaches` for the windows' sizes.
    """
    n, width = ids.size, max_window_size
    left, right = draw_reaches(sentence_of, width, rng)
    padded = numpy.pad(ids, width)
    contexts = numpy.empty((n, 2 * width), dtype=numpy.int32)
    mask = numpy.empty((n, 2 * width), dtype=bool)
    offsets = (*range(-width, 0), *range(1, width + 1))
    for column, offset in enumerate(offsets):  # 2 W columns, not n rows
        inside = left >= -offset if offset < 0 else right >= offset
        mask[:, column] = inside
        contexts[:, column] = padded[width + offset : width + offset + n] * inside
    some = mask.any(axis=1)
    return Windows(ids[some], contexts[some], mask[some])
