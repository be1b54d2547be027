"""The formats of word vectors by name: which one a file's name means, who reads it and who writes it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Callable, Mapping, NamedTuple, Sequence

import numpy

from ...utils.checks import check_choice
from ...utils.files import user_path
from . import fasttext, keyed_vectors, parquet, projector, safetensors, token_embedding, word2vec
from .word2vec import Vectors


class VectorFormat(NamedTuple):
    """A format: what a message calls it, what a file's name ends in, and its two functions."""

    title: str
    read: Callable[[Path], Vectors]
    write: Callable[[Path, Sequence[str], numpy.ndarray], None]
    suffix: str  # what a name ends in that means this format; "" is every other name
    main: str = ""  # the file that a folder in this format holds


def _read_text(path: Path) -> Vectors:
    return word2vec.read_vectors(path, binary=False)


def _read_binary(path: Path) -> Vectors:
    return word2vec.read_vectors(path, binary=True)


FORMATS: Mapping[str, VectorFormat] = {
    "word2vec": VectorFormat("word2vec text format", _read_text, word2vec.write_text, ""),
    "word2vec-binary": VectorFormat("word2vec binary format", _read_binary, word2vec.write_binary, ".bin"),
    "fasttext": VectorFormat("fastText's .vec", fasttext.read, fasttext.write, ".vec"),
    "gensim": VectorFormat("gensim's KeyedVectors", keyed_vectors.read, keyed_vectors.write, ".kv"),
    "d2l": VectorFormat(
        "d2l's TokenEmbedding", token_embedding.read, token_embedding.write, "", token_embedding.NAME
    ),
    "safetensors": VectorFormat(
        "safetensors with a tokenizer", safetensors.read, safetensors.write, ".safetensors", safetensors.NAME
    ),
    "projector": VectorFormat(
        "TensorBoard's projector", projector.read, projector.write, ".tsv", projector.NAME
    ),
    "parquet": VectorFormat("Parquet", parquet.read, parquet.write, ".parquet"),
}


def format_of_name(path: str | os.PathLike[str]) -> str:
    """The format that a name means by its end: ``vec.bin`` is word2vec's binary, any other its text."""
    suffix = Path(path).suffix.lower()
    return next((name for name, of in FORMATS.items() if suffix and of.suffix == suffix), "word2vec")


def write_vectors(
    path: str | os.PathLike[str], tokens: Sequence[str], matrix: numpy.ndarray, name: str | None = None
) -> str:
    """Write tokens (V) and matrix float32 (V, d) in the format `name`, and return its title.

    By default the format is the one of the path's name. Raises ValueError, before anything is written, for
    an unknown format and for a word that the format cannot carry; IsADirectoryError for a folder where the
    format has one file.
    """
    path = user_path("path", path)
    if name is not None:
        check_choice("format", name, tuple(FORMATS))
    if path.is_dir() and not FORMATS.get(name or "", FORMATS["word2vec"]).main:
        folders = ", ".join(of for of in FORMATS if FORMATS[of].main)
        raise IsADirectoryError(errno.EISDIR, f"Is a folder, into which formats {folders} write", str(path))
    chosen = FORMATS[format_of_name(path) if name is None else name]
    chosen.write(path, tokens, matrix)
    return chosen.title


def read_vectors(path: str | os.PathLike[str], name: str | None = None) -> Vectors:
    """The words and the matrix (V, d) of a file or a folder in the format `name`.

    By default a folder is known by the file that it holds, a file by its name; word2vec's two formats are
    told apart by the first row. Raises ValueError for an unknown format and for what its reader refuses.
    """
    path = user_path("path", path)
    if name is None and path.is_dir():
        name = next((of for of in FORMATS if FORMATS[of].main and (path / FORMATS[of].main).is_file()), None)
        if name is None:
            files = ", ".join(of.main for of in FORMATS.values() if of.main)
            raise ValueError(f"{path}: takes a folder with one of the files {files}; got none of them")
    if name is None:
        name = format_of_name(path)
        if name.startswith("word2vec"):
            return word2vec.read_vectors(path)
    return FORMATS[check_choice("format", name, tuple(FORMATS))].read(path)
