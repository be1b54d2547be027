"""The folder that TensorBoard's projector opens: vectors and words as TSV, and a file that names both.

    vectors.tsv            one line per word: its d numbers, with a tab between them
    metadata.tsv           one line per word: the word, without a header, as one column has none
    projector_config.pbtxt what ``tensorboard --logdir FOLDER`` looks for

The two TSV files are also what the projector on the web takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

import numpy

from ...utils.checks import shown
from ...utils.files import whole_file, write_whole
from .word2vec import Header, Vectors, check_tokens, read_rows

NAME, WORDS, _CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.pbtxt"
_ENDS = "\t\n\r"


def write(path: Path, tokens: Sequence[str], matrix: numpy.ndarray) -> None:
    """Write tokens (V) and matrix float32 (V, d) to the folder `path`, or to the file ``*.tsv`` in its own.

    Raises ValueError for a word with a tab or a line end.
    """
    folder, name = _parts(path)
    check_tokens(tokens, _ENDS)
    words = "".join(f"{token}\n" for token in tokens).encode()
    row_format = "\t".join(["%.9g"] * matrix.shape[1]) + "\n"
    config = f'embeddings {{\n  tensor_path: "{name}"\n  metadata_path: "{WORDS}"\n}}\n'
    folder.mkdir(exist_ok=True)
    with whole_file(folder / name, "w") as file:
        file.writelines(row_format % (*row.tolist(),) for row in matrix)
    write_whole(folder / WORDS, words)
    write_whole(folder / _CONFIG, config.encode())


def read(path: Path) -> Vectors:
    """The words and the matrix (V, d); ValueError, with the line, for damaged or unequally long files."""
    folder, name = _parts(path)
    words = _read_words(folder / WORDS)
    path = folder / name
    with open(path, "rb") as file:
        rows = [line.rstrip(b"\r\n").replace(b"\t", b" ") for line in file if line.strip()]
    if not rows or len(rows) != len(words):
        raise ValueError(f"{path}: takes a line for each of the {len(words)} words; got {len(rows)}")
    lines = (b"%d %s" % numbered for numbered in enumerate(rows))
    _, matrix = read_rows(path, lines, Header(-1, rows[0].count(b" ") + 1), first=1)
    return words, matrix


def _read_words(path: Path) -> list[str]:
    lines = path.read_bytes().split(b"\n")
    if not lines[-1]:
        del lines[-1]
    words = []
    for number, line in enumerate(lines, start=1):
        try:
            word = line.rstrip(b"\r").decode()
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}, line {number}: takes UTF-8 text; {error}") from None
        if not word or "\t" in word:
            raise ValueError(f"{path}, line {number}: takes one column, the words; got {shown(word)}")
        words.append(word)
    return words


def _parts(path: Path) -> tuple[Path, str]:
    """The folder, and the name of the file of numbers in it."""
    folder, name = (path.parent, path.name) if path.suffix.lower() == ".tsv" else (path, NAME)
    if name == WORDS or '"' in name or "\\" in name:
        raise ValueError(
            f"path takes a folder or a file *.tsv, where {WORDS} has the words; got {shown(name)}"
        )
    return folder, name
