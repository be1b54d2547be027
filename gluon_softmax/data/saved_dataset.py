"""A Hugging Face dataset on disk: what ``save_to_disk`` wrote, or a folder of Parquet files.

    dataset_dict.json   a DatasetDict of several splits, read by the library datasets
    state.json          one Dataset, which is cut by its rows: 90%, 5%, 5%
    train*.parquet      and validation*, test*, in the folder or its data/; read by pyarrow

The text is the column ``text``, or the only column of strings; a row is a line, or several.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Mapping, Sequence

from ..utils.errors import CorpusError
from ..utils.library import import_library
from .pieces import Pieces, open_pieces
from .text_files import SPLITS, Source

_NAMES = {"train": ("train",), "valid": ("validation", "valid", "dev"), "test": ("test",)}
_SHARES = (0, 90, 95, 100)  # percent of the rows, where a dataset has no splits
_ROWS = 1000  # read at once


def find_dataset(folder: Path) -> dict[str, Source] | None:
    """The three splits of a dataset, or None for a folder that holds none.

    Raises CorpusError for missing splits, and for a dataset without one column of text or a damaged one;
    ImportError where the library is missing.
    """
    if (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file():
        return _saved(folder)
    for place in (folder, folder / "data"):
        files = {
            split: sorted(path for name in names for path in place.glob(f"{name}[.-]*parquet"))
            for split, names in _NAMES.items()
        }
        if any(files.values()):
            _check_splits(folder, [split for split in SPLITS if not files[split]])
            return {
                split: Source(
                    f"{folder}, {split}",
                    functools.partial(open_pieces, functools.partial(_parquet_text, paths)),
                )
                for split, paths in files.items()
            }
    return None


def _check_splits(folder: Path, missing: Sequence[str]) -> None:
    if missing:
        raise CorpusError(
            f"a dataset takes the splits train, validation and test; {folder} lacks {missing[0]}"
        )


def _saved(folder: Path) -> dict[str, Source]:
    library = import_library("datasets", "corpus")
    try:
        found = library.load_from_disk(str(folder))
    except (ValueError, TypeError, KeyError, OSError, AttributeError) as error:
        raise CorpusError(f"{folder} is no dataset, or a damaged one: {error}") from None
    parts: dict[str, Any]
    if isinstance(found, Mapping):
        parts = {}
        for split, names in _NAMES.items():
            name = next((name for name in names if name in found), None)
            if name is not None:
                parts[split] = (found[name], 0, len(found[name]))
        if list(parts) == ["train"]:
            parts = _cut(found["train"])
        _check_splits(folder, [split for split in SPLITS if split not in parts])
    else:
        parts = _cut(found)
    sources = {}
    for split, (rows, begin, end) in parts.items():
        strings = [
            name
            for name, of in rows.features.items()
            if getattr(of, "dtype", "") in ("string", "large_string")
        ]
        column = _text_column(folder, strings)
        make = functools.partial(_rows_text, rows, column, begin, end)
        sources[split] = Source(f"{folder}, {split}", functools.partial(open_pieces, make))
    return sources


def _cut(rows: Any) -> dict[str, Any]:
    marks = [len(rows) * share // 100 for share in _SHARES]
    return {split: (rows, marks[i], marks[i + 1]) for i, split in enumerate(SPLITS)}


def _text_column(where: Path, strings: Sequence[str]) -> str:
    """The column of text among those of strings."""
    if "text" in strings:
        return "text"
    if len(strings) != 1:
        raise CorpusError(
            f"a dataset takes a column text, or one column of strings; {where} has "
            f"{', '.join(strings) or 'none'}"
        )
    return strings[0]


def _rows_text(rows: Any, column: str, begin: int, end: int) -> Pieces:
    for start in range(begin, end, _ROWS):
        yield _lines(rows[start : min(start + _ROWS, end)][column])


def _parquet_text(paths: Sequence[Path]) -> Pieces:
    parquet, arrow = import_library("pyarrow.parquet", "corpus"), import_library("pyarrow", "corpus")
    for path in paths:
        try:
            with parquet.ParquetFile(path) as file:
                schema = file.schema_arrow
                strings = [field.name for field in schema if str(field.type) in ("string", "large_string")]
                column = _text_column(path, strings)
                for batch in file.iter_batches(_ROWS, columns=[column]):
                    yield _lines(batch.column(0).to_pylist())
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            if getattr(error, "errno", None) is not None:
                raise
            raise CorpusError(f"{path} is damaged or no Parquet file: {error}") from None


def _lines(texts: Sequence[str | None]) -> bytes:
    return "".join(f"{text}\n" for text in texts if text).encode()
