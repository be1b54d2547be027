"""How people's judgement of two words' likeness goes with the cosine: WordSim-353, SimLex-999 and their like.

The figures are those of gensim's ``KeyedVectors.evaluate_word_pairs``.
"""

from __future__ import annotations

import math
import os
from typing import Iterator, NamedTuple

import numpy

from ..utils.checks import check_positive_int
from ..utils.object_checks import check_kind, check_path
from .vectors import WordVectors

RESTRICT_VOCAB = 300_000  # gensim's: a rarer word counts as unknown


class PairFigures(NamedTuple):
    """Both correlations, NaN for fewer than two known pairs, and the share of pairs they are of."""

    pearson: float
    spearman: float
    num_pairs: int
    num_known: int

    @property
    def oov_ratio(self) -> float:
        """The pairs with an unknown word, in percent."""
        return 100.0 * (self.num_pairs - self.num_known) / self.num_pairs


def evaluate_word_pairs(
    vectors: WordVectors, path: str | os.PathLike[str], restrict_vocab: int = RESTRICT_VOCAB
) -> PairFigures:
    """The correlation of cosines with the judgements of a file.

    Parameters
    ----------
    vectors : its words are compared without regard to case; of several spellings the first counts.
    path : a line per pair, ``word TAB word TAB number``; lines that begin with # and others are skipped.
    restrict_vocab : words after so many count as unknown; pairs with an unknown word are left out.

    Raises ValueError for a file without any pair, or one that is not UTF-8.
    """
    known = known_words(vectors, restrict_vocab)
    judged, cosines, num_pairs = [], [], 0
    for line in lines_of(path):
        fields = line.split("\t")
        score = _number(fields[2]) if len(fields) == 3 else None
        if line.startswith("#") or score is None:
            continue
        num_pairs += 1
        a, b = (known.get(word.upper()) for word in fields[:2])
        if a is not None and b is not None:
            judged.append(score)
            cosines.append(vectors.similarity(vectors.tokens[a], vectors.tokens[b]))
    if not num_pairs:
        raise ValueError(f"{path}: takes lines of two words and a number with tabs between them; got none")
    x, y = numpy.array(judged), numpy.array(cosines)
    return PairFigures(correlation(x, y), correlation(ranks(x), ranks(y)), num_pairs, len(judged))


def known_words(vectors: WordVectors, restrict_vocab: int) -> dict[str, int]:
    """The ids of the first `restrict_vocab` words by their capitals; of equal ones the first."""
    check_kind("vectors", vectors, WordVectors, "WordVectors")
    check_positive_int("restrict_vocab", restrict_vocab)
    ids = range(min(restrict_vocab, len(vectors)))
    return {vectors.tokens[i].upper(): i for i in reversed(ids)}


def lines_of(path: str | os.PathLike[str]) -> Iterator[str]:
    """The lines of a text; ValueError, with the line's number, for one that is not UTF-8."""
    with open(check_path("path", path), "rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield line.decode().rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise ValueError(f"{path}, line {number}: takes UTF-8 text; {error}") from None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def correlation(x: numpy.ndarray, y: numpy.ndarray) -> float:
    """Pearson's correlation of two samples (n,); NaN for fewer than two, and where one is constant."""
    if len(x) < 2:
        return math.nan
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float(x @ x) * float(y @ y))
    return max(-1.0, min(1.0, float(x @ y) / scale)) if scale else math.nan


def ranks(values: numpy.ndarray) -> numpy.ndarray:
    """The rank of each value (n,), from 1; equal values share the mean of theirs. Spearman's are these."""
    _, group, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    last = numpy.cumsum(counts)
    shared: numpy.ndarray = (last - (counts - 1) / 2.0)[group]
    return shared
