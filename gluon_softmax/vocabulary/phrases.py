"""Pairs of words that occur together more often than apart, from counts alone: word2phrase's score.

    score(a, b) = (count(a b) − min_count) / (count(a) count(b)) · V

with V the number of different words and pairs, as gensim's ``Phrases`` has it. Mikolov et al. 2013,
"Distributed Representations of Words and Phrases and their Compositionality", section 4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy

from ..utils.checks import check_number, check_positive_int

_BLOCK = 1 << 22  # pairs counted at once


class PhraseTable(NamedTuple):
    """Pairs whose score is above the threshold, the highest first: four arrays (P,)."""

    first: numpy.ndarray
    second: numpy.ndarray
    score: numpy.ndarray
    num_times: numpy.ndarray


def find_phrases(
    ids: numpy.ndarray,
    offsets: numpy.ndarray,
    counts: numpy.ndarray,
    min_count: int = 5,
    threshold: float = 10.0,
    excluded: int | None = None,
) -> PhraseTable:
    """The pairs of neighbours in a text whose score is above `threshold`.

    Parameters
    ----------
    ids : the text, (N,).
    offsets : where each sentence starts, and N: (S + 1,); no pair reaches over a sentence's end.
    counts : of each id, (V,).
    min_count : is taken from a pair's count, so rare pairs of rare words do not win.
    threshold : the score that a phrase exceeds.
    excluded : an id that is part of no phrase, ``<unk>``; it counts as a word.

    Raises TypeError or ValueError for a `min_count` below 1, and a threshold below 0 or not finite.
    """
    min_count = check_positive_int("min_count", min_count)
    threshold = check_number("threshold", threshold, 0.0)
    num_ids = len(counts)
    keys, pairs = _count_pairs(ids, offsets, num_ids)
    first, second = keys // num_ids, keys % num_ids
    num_types = int(numpy.count_nonzero(counts)) + len(keys)
    product = counts[first].astype(numpy.float64) * counts[second]
    score = (pairs - min_count) / product * num_types
    is_phrase = score > threshold
    if excluded is not None:
        is_phrase &= (first != excluded) & (second != excluded)
    chosen = numpy.flatnonzero(is_phrase)
    chosen = chosen[numpy.argsort(-score[chosen], kind="stable")]
    return PhraseTable(first[chosen], second[chosen], score[chosen], pairs[chosen])


def _count_pairs(
    ids: numpy.ndarray, offsets: numpy.ndarray, num_ids: int
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The different pairs of neighbours as a * num_ids + b in rising order, and how often each occurs."""
    keys, counts = numpy.zeros(0, numpy.int64), numpy.zeros(0, numpy.int64)
    is_last = numpy.zeros(len(ids), bool)  # of its sentence
    is_last[offsets[1:] - 1] = True
    for start in range(0, len(ids) - 1, _BLOCK):
        end = min(start + _BLOCK, len(ids) - 1)
        pairs = ids[start:end].astype(numpy.int64) * num_ids + ids[start + 1 : end + 1]
        more, how_often = numpy.unique(pairs[~is_last[start:end]], return_counts=True)
        keys, place = numpy.unique(numpy.concatenate([keys, more]), return_inverse=True)
        # float64 counts exactly up to 2^53
        counts = numpy.bincount(place, numpy.concatenate([counts, how_often])).astype(numpy.int64)
    return keys, counts
