"""A Parquet table of words and vectors, which Embedding Atlas and data frames open; pyarrow reads and writes.

    word     string
    vector   list of d float32

``embedding-atlas vec.parquet --text word --vector vector`` shows it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Sequence

import numpy

from ...utils.files import whole_file
from ...utils.library import import_library
from .word2vec import Vectors

_WHAT = "format parquet"
_COLUMNS = ("word", "vector")


def write(path: Path, tokens: Sequence[str], matrix: numpy.ndarray) -> None:
    """Write tokens (V) and matrix float32 (V, d); ImportError where pyarrow is missing."""
    parquet, arrow = import_library("pyarrow.parquet", _WHAT), import_library("pyarrow", _WHAT)
    values = arrow.array(numpy.ascontiguousarray(matrix, numpy.float32).ravel())
    vectors = arrow.FixedSizeListArray.from_arrays(values, matrix.shape[1])
    table = arrow.table([arrow.array(list(tokens), arrow.string()), vectors], names=list(_COLUMNS))
    with whole_file(path) as file:
        parquet.write_table(table, file)


def read(path: Path) -> Vectors:
    """The words and the matrix (V, d); ValueError for another table, ImportError where pyarrow is missing."""
    parquet, arrow = import_library("pyarrow.parquet", _WHAT), import_library("pyarrow", _WHAT)
    content = path.read_bytes()
    try:
        table = parquet.read_table(arrow.BufferReader(content))
    except (arrow.ArrowException, ValueError, OSError) as error:  # Arrow's own for damage is an OSError
        raise ValueError(f"{path}: takes a Parquet file; got {error}") from None
    missing = [name for name in _COLUMNS if name not in table.column_names]
    if missing:
        raise ValueError(
            f"{path}: takes the columns {' and '.join(_COLUMNS)}; got {', '.join(table.column_names)}"
        )
    return _words(path, table.column("word")), _matrix(path, table.column("vector"))


def _words(path: Path, column: Any) -> list[str]:
    try:
        words: list[str] = column.to_pylist()
    except ValueError as error:
        raise ValueError(f"{path}: takes words in UTF-8; got {error}") from None
    if not all(isinstance(word, str) for word in words):
        raise ValueError(f"{path}: takes a column word of strings; got {column.type}, with nulls or others")
    return words


def _matrix(path: Path, column: Any) -> numpy.ndarray:
    compute, arrow = import_library("pyarrow.compute", _WHAT), import_library("pyarrow", _WHAT)
    try:
        widths = compute.unique(compute.list_value_length(column)).to_pylist()
        values = compute.list_flatten(column).to_numpy()
    except (arrow.ArrowException, ValueError) as error:
        raise ValueError(f"{path}: takes a column vector of lists of numbers; {error}") from None
    if len(widths) != 1 or not widths[0] or values.dtype.kind not in "iuf":
        raise ValueError(f"{path}: takes a column vector of equally long lists of numbers; got {column.type}")
    rows: numpy.ndarray = values.reshape(-1, widths[0])
    return rows
