"""gensim's ``KeyedVectors.save``: a pickle, with large arrays as ``.npy`` beside it.

gensim writes it. Reading needs no gensim and runs nothing that the file names: a pickle may call any function
of Python, so all but the few names that gensim's own files hold are refused.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path
from typing import IO, Any, Sequence

import numpy

from ...utils.checks import shown
from ...utils.files import naming, whole_file
from ...utils.library import import_library
from .word2vec import Vectors

_BESIDE = 1 << 62  # bytes an array must have to be put beside the pickle: none has


_NUMPY = (  # what builds an array
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy.core.numeric", "_frombuffer"),
)


class _Object:
    """What stands for gensim's object: its attributes, and nothing that it does."""


class _Unpickler(pickle.Unpickler):
    """Builds arrays, and objects without code."""

    def find_class(self, module: str, name: str) -> Any:
        """NumPy's builders of arrays, and `_Object` for gensim's class; UnpicklingError for another name."""
        if module.startswith("gensim.models.") and name in ("KeyedVectors", "Word2VecKeyedVectors"):
            return _Object
        if (module.replace("numpy._core", "numpy.core"), name) in _NUMPY:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it names {module}.{name}, which no KeyedVectors needs")


def write(path: Path, tokens: Sequence[str], matrix: numpy.ndarray) -> None:
    """Write tokens (V) and matrix float32 (V, d) through gensim, all in one file."""
    models = import_library("gensim.models", "format gensim")
    vectors = models.KeyedVectors(vector_size=matrix.shape[1])
    vectors.add_vectors(list(tokens), matrix)
    with naming(path, path.parent), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        part = os.path.join(folder, "part")
        vectors.save(part, sep_limit=_BESIDE)
        with whole_file(path) as file, open(part, "rb") as saved:
            file.write(saved.read())


def read(path: Path) -> Vectors:
    """The words and the matrix (V, d); ValueError for any other pickle, damaged or not."""
    with open(path, "rb") as file:
        try:
            found = _load(file)
        except Exception as error:  # damage may lead a pickle into any error
            if isinstance(error, MemoryError):
                raise
            raise ValueError(f"{path}: takes a file of gensim's KeyedVectors.save; {error}") from None
    beside = found.get("__numpys", [])
    vectors = found.get("vectors")
    if isinstance(beside, (list, tuple)) and "vectors" in beside:
        vectors = _array_beside(Path(f"{path}.vectors.npy"))
    words = found.get("index_to_key")
    if not isinstance(words, list) or not isinstance(vectors, numpy.ndarray):
        raise ValueError(
            f"{path}: takes KeyedVectors with index_to_key and vectors; got {shown(list(found))}"
        )
    return words, vectors


def _load(file: IO[bytes]) -> dict[str, Any]:
    found = _Unpickler(file).load()
    if not isinstance(found, _Object):
        raise pickle.UnpicklingError(f"it holds {type(found).__name__}")
    return vars(found)


def _array_beside(path: Path) -> numpy.ndarray:
    try:
        array: numpy.ndarray = numpy.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{path}: takes an array of NumPy; {error}") from None
    return array
