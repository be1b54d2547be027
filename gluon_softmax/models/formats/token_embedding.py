"""The folder that d2l's ``TokenEmbedding`` reads: one file ``vec.txt``, with or without a header.

d2l gives ids to the words in the order of the file, after ``<unk>``, whose vector is zeros; a line of a word
and one number is a header to it. GloVe's files have no header, fastText's have one.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Sequence

import numpy

from .word2vec import Header, Vectors, read_rows, write_text

NAME = "vec.txt"
_ENDS = " \n\r"  # d2l opens the file as text, where a carriage return ends a line too


def write(path: Path, tokens: Sequence[str], matrix: numpy.ndarray) -> None:
    """Write tokens (V) and matrix float32 (V, d) to `path` / vec.txt.

    Raises ValueError for a word that d2l would cut, and for vectors of one number, which it takes for a
    header.
    """
    if matrix.shape[1] < 2:
        raise ValueError("matrix takes 2 dimensions or more in d2l's format; got 1")
    path.mkdir(exist_ok=True)
    write_text(path / NAME, tokens, matrix, _ENDS)


def read(path: Path) -> Vectors:
    """The words and the matrix (V, d) of a folder's vec.txt; errors as of the text format."""
    path = path / NAME if path.is_dir() else path
    with open(path, "rb") as file:
        first = file.readline()
        size = len(first.split()) - 1
        if size < 1:
            raise ValueError(f"{path}, line 1: takes a word and its numbers, or a header; got {first[:60]!r}")
        if size > 1:
            return read_rows(path, itertools.chain([first], file), Header(-1, size), first=1)
        second = file.readline()
        width = len(second.split()) - 1
        if width < 2:
            raise ValueError(
                f"{path}, line 2: takes a word and 2 numbers or more; got {max(width, 0)} numbers"
            )
        return read_rows(path, itertools.chain([second], file), Header(-1, width))
