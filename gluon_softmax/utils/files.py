"""A file is written whole or not at all: beside its path under a name of its own, then moved over it.

Whoever reads the path, or was interrupted while writing to it, finds the old content or the new one. What a
user says of a file, its path or its JSON, is refused with a ValueError where it makes no sense.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, ContextManager, Iterator, Literal, NoReturn, overload

from .checks import shown
from .object_checks import check_path

# What zipfile and NumPy raise on a damaged archive, whichever field the damage hit.
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    UnicodeDecodeError,
)


@overload
def whole_file(path: str | os.PathLike[str], mode: Literal["wb"] = ...) -> ContextManager[IO[bytes]]: ...


@overload
def whole_file(path: str | os.PathLike[str], mode: Literal["w"]) -> ContextManager[IO[str]]: ...


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str], mode: str = "wb") -> Iterator[IO[Any]]:
    """A file to write to, which replaces `path` when the block ends and is removed when it raises.

    Parameters
    ----------
    path : where the content goes; its folder exists.
    mode : "wb" for bytes, "w" for text: UTF-8, lines that end in a line feed on every system.

    The content is on the disk before it is at `path`, so a loss of power leaves no empty file. The temporary
    name is unique, so two writers at once do not write into each other's file; the last to end wins. An
    OSError names `path`, never the temporary file.
    """
    path = check_path("path", path)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    encoding, newline = (None, None) if mode == "wb" else ("utf-8", "\n")
    try:
        with naming(path, part):
            with open(part, mode, encoding=encoding, newline=newline) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        raise


def remove_parts(folder: Path) -> None:
    """Remove what a killed process left beside the files that it was writing in `folder`."""
    for path in folder.glob("*.part"):
        if re.search(r"\.[0-9a-f]{32}\.part$", path.name):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def naming(path: str | os.PathLike[str], temporary: str | os.PathLike[str]) -> Iterator[None]:
    """An OSError about `temporary`, what is in it, or no file (a full disk) is raised naming `path`."""
    try:
        yield
    except OSError as error:
        named = "" if error.filename is None else os.fsdecode(error.filename)
        if error.errno is None or (named and not named.startswith(os.fspath(temporary))):
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path`, whole or not at all; see `whole_file`."""
    with whole_file(path) as file:
        file.write(content)


def user_path(name: str, path: str | os.PathLike[str]) -> Path:
    """`path` with ``~`` and ``~user`` filled in; ValueError where it is empty or there is no such user."""
    try:
        return check_path(name, path).expanduser()
    except RuntimeError:
        raise ValueError(f"{name} takes a path below a home that is there; got {shown(str(path))}") from None


def parse_json(text: str | bytes) -> object:
    """The value that a JSON text in UTF-8 holds; ValueError for any other, NaN and endless brackets too."""
    if isinstance(text, bytes):
        text = text.decode()  # JSON's own guess would take some damage for another encoding
    try:
        value: object = json.loads(text, parse_constant=_no_json)
    except RecursionError:
        raise ValueError("its brackets are nested too deeply") from None
    return value


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"JSON has no {constant}")
