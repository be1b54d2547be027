"""Questions *a is to b as c is to?* by the thousand, in sections: how many find their answer by 3CosAdd.

The figures are those of gensim's ``KeyedVectors.evaluate_word_analogies``, for vectors without ``<unk>``,
which is no answer here.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import numpy

from ..vocabulary.tokens import UNK
from .vectors import WordVectors
from .word_pairs import RESTRICT_VOCAB, known_words, lines_of

_SCORES = 1 << 22  # of a block of questions: 16 MiB
_NUM_ANSWERS = 5  # that gensim looks at; those that are a question's word in another case are skipped


class Section(NamedTuple):
    """A section of a file, or all of it: how many questions, how many with known words, how many right."""

    name: str
    num_questions: int
    num_known: int
    num_right: int


class _Question(NamedTuple):
    section: int
    ids: tuple[int, int, int, int]  # a, b, c and the answer
    words: tuple[str, str, str, str]  # the same in capitals


def evaluate_analogies(
    vectors: WordVectors, path: str | os.PathLike[str], restrict_vocab: int = RESTRICT_VOCAB
) -> list[Section]:
    """The sections of a file, and last "all": how many of its questions find the right word.

    Parameters
    ----------
    vectors : its words are compared without regard to case; of several spellings the first counts.
    path : lines ``: name``, which begin a section, and lines of four words; others are skipped.
    restrict_vocab : words after so many are neither known nor answers; questions with an unknown word are
        left out.

    Raises ValueError for a file without a question, for a question before the first section, and for one
    that is not UTF-8.
    """
    known = known_words(vectors, restrict_vocab)
    names, asked, questions = _read(path, known)
    right = _answered(vectors, questions, min(restrict_vocab, len(vectors)))
    at = numpy.array([question.section for question in questions], numpy.int64)
    num_known = numpy.bincount(at, minlength=len(names)).tolist()
    num_right = numpy.bincount(at[right], minlength=len(names)).tolist()
    sections = [Section(*row) for row in zip(names, asked, num_known, num_right)]
    return [*sections, Section("all", sum(asked), sum(num_known), sum(num_right))]


def _read(
    path: str | os.PathLike[str], known: dict[str, int]
) -> tuple[list[str], list[int], list[_Question]]:
    """The sections' names, how many questions each has, and those whose words are known."""
    names: list[str] = []
    asked: list[int] = []
    questions = []
    for number, line in enumerate(lines_of(path), start=1):
        if line.startswith(": "):
            names.append(line.lstrip(": ").strip())
            asked.append(0)
            continue
        words = line.upper().split()
        if not names:
            raise ValueError(
                f"{path}, line {number}: takes a section, ': its name', first; got {line[:60]!r}"
            )
        if len(words) != 4:
            continue
        asked[-1] += 1
        if all(word in known for word in words):
            a, b, c, answer = words
            ids = (known[a], known[b], known[c], known[answer])
            questions.append(_Question(len(names) - 1, ids, (a, b, c, answer)))
    if not sum(asked):
        raise ValueError(f"{path}: takes lines of four words below ': name of a section'; got none")
    return names, asked, questions


def _answered(vectors: WordVectors, questions: list[_Question], num_words: int) -> numpy.ndarray:
    """Whether each question's answer is the first found, bool (n,)."""
    unit = vectors.unit[:num_words]  # (V, d)
    unk = vectors.tokens.index(UNK) if UNK in vectors else num_words
    block = max(1, _SCORES // num_words)
    right = numpy.zeros(len(questions), bool)
    for start in range(0, len(questions), block):
        some = questions[start : start + block]
        a, b, c, _ = numpy.array([question.ids for question in some]).T
        scores = (unit[b] + unit[c] - unit[a]) @ unit.T  # (n, V)
        for ids in (a, b, c):
            scores[numpy.arange(len(some)), ids] = -numpy.inf
        scores[:, unk : unk + 1] = -numpy.inf
        few = min(_NUM_ANSWERS, num_words)
        best = numpy.argpartition(-scores, few - 1, axis=1)[:, :few]  # (n, 5)
        order = numpy.argsort(-numpy.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        for i, answers in enumerate(numpy.take_along_axis(best, order, axis=1).tolist()):
            found = [vectors.tokens[answer].upper() for answer in answers]
            asked = some[i].words[:3]
            first = next((word for word in found if word not in asked), found[-1])
            right[start + i] = first == some[i].words[3]
    return right
