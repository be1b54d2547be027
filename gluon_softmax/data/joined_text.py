"""Phrases of a corpus become words: ``new york`` is ``new_york`` in a text of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Collection, Iterable, Mapping, NamedTuple

from ..utils.checks import check_positive_int, shown
from ..utils.files import user_path, whole_file
from ..vocabulary.phrases import find_phrases
from ..vocabulary.tokens import UNK_ID
from .corpus import Corpus
from .sources import find_sources
from .text import read_text
from .text_files import SPLITS, Source


class Phrase(NamedTuple):
    """Two words that are one: their score, and how often they are neighbours in the training text."""

    first: str
    second: str
    score: float
    num_times: int


def phrases_of(
    name: str, min_count: int = 5, threshold: float = 10.0, data_dir: str | None = None
) -> list[Phrase]:
    """The phrases of a corpus's training text, the highest score first; errors as of `load_corpus`.

    Parameters and scores are those of `find_phrases`; ``<unk>`` is part of none.
    """
    min_count = check_positive_int("min_count", min_count)
    corpus = Corpus(name, find_sources(name, data_dir), min_freq=1, eos=False)
    corpus.check()  # all of it, before anything is written
    table = find_phrases(
        corpus.ids("train"), corpus.offsets("train"), corpus.counts, min_count, threshold, UNK_ID
    )
    words = corpus.tokens
    rows = zip(table.first.tolist(), table.second.tolist(), table.score.tolist(), table.num_times.tolist())
    return [Phrase(words[a], words[b], score, num_times) for a, b, score, num_times in rows]


def check_target(out: str, delimiter: str) -> Path:
    """The folder to write to; ValueError for one that holds a corpus, and for a delimiter that cuts."""
    if not delimiter or delimiter.split() != [delimiter]:
        raise ValueError(f"delimiter takes characters without white space; got {shown(delimiter)}")
    folder = user_path("out", out)
    there = next((folder / f"{split}.txt" for split in SPLITS if (folder / f"{split}.txt").exists()), None)
    if there is not None:
        raise ValueError(f"out takes a folder without a corpus; {there} is there already")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"out takes a folder; got {shown(str(folder))}, a file")
    return folder


def write_joined(
    name: str, phrases: Iterable[Phrase], out: str, delimiter: str = "_", data_dir: str | None = None
) -> Path:
    """Write a corpus with its phrases joined, as train.txt, valid.txt and test.txt: all three or none.

    From the left each word joins the next one where both are a phrase; a word is part of one phrase only.
    Raises the errors of `check_target`, and those of reading the text.
    """
    folder = check_target(out, delimiter)
    second: dict[str, set[str]] = {}
    for phrase in phrases:
        second.setdefault(phrase.first, set()).add(phrase.second)
    sources = find_sources(name, data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as until_all_are_whole:
        files = {
            split: until_all_are_whole.enter_context(whole_file(folder / f"{split}.txt", "w"))
            for split in SPLITS
        }
        for split, file in files.items():
            _join(sources[split], file, second, delimiter)
    return folder


def _join(source: Source, file: IO[str], second: Mapping[str, Collection[str]], delimiter: str) -> None:
    with source.open() as stream:
        file.writelines(joined(read_text(stream, source.where), second, delimiter))


def joined(
    blocks: Iterable[str], second: Mapping[str, Collection[str]], delimiter: str = "_"
) -> Iterator[str]:
    """The text with phrases joined, in pieces; the words are separated by one space.

    Parameters
    ----------
    blocks : a text that `read_text` yields, each block ending at white space.
    second : the words that follow a phrase's first word.
    delimiter : what lies between the words of a phrase.
    """
    before = ""  # a word that may begin a phrase, of this line
    at_start = True  # of a line
    for text in blocks:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            words = []
            for word in line.split():
                if before and word in second.get(before, ()):
                    words.append(f"{before}{delimiter}{word}")
                    before = ""
                else:
                    words += [before] if before else []
                    before = word
            ends = number < len(lines) - 1
            if ends and before:
                words.append(before)
                before = ""
            yield from _pieces(words, at_start, ends)
            at_start = ends or (at_start and not words)
    if before:
        yield from _pieces([before], at_start, True)


def _pieces(words: list[str], at_start: bool, ends: bool) -> Iterator[str]:
    if words:
        yield ("" if at_start else " ") + " ".join(words)
    if ends:
        yield "\n"
