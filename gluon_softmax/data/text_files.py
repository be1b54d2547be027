"""Files of text as people have them: plain, ``.gz`` or ``.bz2``, in a folder's three splits or in none.

A text without splits, one file such as text8 or a folder of ``*.txt``, is cut by its bytes: the first 90% are
for training, 5% for validation and the last 5% for the test, as is usual for text8. A cut lies at the end of
a line, or where none is near at white space.
"""

from __future__ import annotations

import bz2
import contextlib
import functools
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Callable, Mapping, NamedTuple, Sequence, cast

from ..utils.errors import CorpusError
from .pieces import Pieces, open_pieces
from .text import MAX_WORD

SPLITS = ("train", "valid", "test")
LAYOUTS = ("{}.txt", "wiki.{}.tokens", "wiki.{}.raw", "ptb.{}.txt")  # of a folder's three files
PACKED = ("", ".gz", ".bz2")  # what may follow a file's name
_SHARES = (0.9, 0.95)  # of a text's bytes, where its validation and its test text begin
_BLOCK = 1 << 20
_NEAR = 1 << 16  # bytes in which a line is expected to end, in a text that has lines


class Source(NamedTuple):
    """A text that is read when it is needed: what to call it in an error, and how to open it."""

    where: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]


class _Sized(NamedTuple):
    """A file, and how many bytes it unpacks to."""

    path: Path
    size: int


def split_files(folder: Path) -> dict[str, Path] | None:
    """The files of a folder's three splits in the first layout of which it has one; None if it has none.

    Raises CorpusError for a layout of which files are missing.
    """
    for layout in LAYOUTS:
        names = {split: layout.format(split) for split in SPLITS}
        found = {split: _packed(folder / name) for split, name in names.items()}
        missing = [name for split, name in names.items() if found[split] is None]
        if len(missing) < len(SPLITS):
            if missing:
                taken = ", ".join(list(names.values())[:-1]) + f" and {names['test']}"
                raise CorpusError(f"a corpus folder takes {taken}; {folder} lacks {', '.join(missing)}")
            return {split: path for split, path in found.items() if path is not None}
    return None


def loose_files(folder: Path) -> list[Path]:
    """The files of text of a folder without splits, by name."""
    ends = tuple(f".txt{end}" for end in PACKED)
    return sorted(path for path in folder.iterdir() if path.name.endswith(ends) and path.is_file())


def _packed(path: Path) -> Path | None:
    paths = (path.with_name(path.name + end) for end in PACKED)
    return next((path for path in paths if path.is_file()), None)


@contextlib.contextmanager
def open_text(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked if it is ``.gz`` or ``.bz2``.

    Raises CorpusError for damage, while the bytes are read too.
    """
    try:
        with _OPEN.get(path.suffix, _open_plain)(path) as stream:
            yield stream
    except (EOFError, zlib.error) as error:
        raise CorpusError(f"{path} is damaged: {error}") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise CorpusError(f"{path} is damaged or not packed as its name says: {error}") from None


def _open_plain(path: Path) -> IO[bytes]:
    return open(path, "rb")


def _open_gzip(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb"))


def _open_bzip2(path: Path) -> IO[bytes]:
    return cast(IO[bytes], bz2.open(path, "rb"))


_OPEN: Mapping[str, Callable[[Path], IO[bytes]]] = {".gz": _open_gzip, ".bz2": _open_bzip2}


def cut_text(name: str, paths: Sequence[Path]) -> dict[str, Source]:
    """The three splits of files one after another, each file followed by a line's end."""
    files = [_Sized(path, _size(path)) for path in paths]
    total = sum(size + 1 for _, size in files)
    cuts = [0, *(_cut_after(files, int(total * share)) for share in _SHARES), total]
    return {
        split: Source(
            f"the {split} part of {name}",
            functools.partial(open_pieces, functools.partial(_part, files, cuts[i], cuts[i + 1])),
        )
        for i, split in enumerate(SPLITS)
    }


def _size(path: Path) -> int:
    if path.suffix not in _OPEN:
        return path.stat().st_size
    with open_text(path) as stream:
        return sum(map(len, iter(lambda: stream.read(_BLOCK), b"")))


def _part(files: Sequence[_Sized], begin: int, end: int) -> Pieces:
    """The bytes from `begin` to `end` of all files."""
    start = 0  # of the file
    for path, size in files:
        if start + size >= begin and start < end:
            with open_text(path) as stream:
                stream.seek(max(0, begin - start))
                left = min(end - start, size) - max(0, begin - start)
                while left > 0:
                    piece = stream.read(min(_BLOCK, left))
                    if not piece:
                        raise CorpusError(f"{path} was cut short while it was read")
                    left -= len(piece)
                    yield piece
            if begin <= start + size < end:
                yield b"\n"
        start += size + 1


def _cut_after(files: Sequence[_Sized], position: int) -> int:
    """Where the first line near `position` ends, else the first word behind it."""
    total = sum(size + 1 for _, size in files)
    near = min(_NEAR, total // 40)  # half a split at most
    head = b""
    for piece in _part(files, position, total):
        head += piece
        found = re.search(rb"\n", head[:near])
        if found is None and len(head) >= near:
            found = re.search(rb"\s", head)
        if found is not None:
            return position + found.end()
        if len(head) > 2 * MAX_WORD:  # no text: whoever reads it says so
            break
    return position + len(head)
