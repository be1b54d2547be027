"""fastText's ``.vec``: the text format of word2vec, whose words end at any white space.

fastText reads a word with C++'s ``>>``, so a tab or a carriage return inside a word would cut it in two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

import numpy

from .word2vec import Vectors, read_vectors, write_text

_WHITE_SPACE = " \t\n\v\f\r"  # C's isspace


def write(path: Path, tokens: Sequence[str], matrix: numpy.ndarray) -> None:
    """Write tokens (V) and matrix float32 (V, d); ValueError for a word with white space of ASCII."""
    write_text(path, tokens, matrix, _WHITE_SPACE)


def read(path: Path) -> Vectors:
    """The words and the matrix (V, d); spaces at the end of a line, as fastText writes them, are ignored."""
    return read_vectors(path, binary=False)
