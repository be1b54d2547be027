"""An archive is checked before it is trusted: its hash when downloaded, its members when opened."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from ..utils.errors import CorpusError
from ..utils.files import DAMAGED_ZIP, naming, whole_file

TIMEOUT = (5.0, 30.0)  # seconds to connect, and to wait for the next bytes
_BLOCK = 1 << 20
# A small archive can unpack to more than the disk or the memory holds. PTB unpacks to 3 times its size.
MAX_UNPACKED = 1 << 30  # bytes, all members together
MAX_RATIO = 100  # of a member's size to what it is packed to; text comes to 3, the same line again to 1,000
_MAX_LISTED = 20  # names of members in a message
_SMALL = 1 << 20  # bytes that a member may have whatever its ratio


def sha1_of(path: str | Path) -> str:
    """The SHA-1 of a file's content in hexadecimal; the file is read in blocks."""
    digest = hashlib.sha1()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def download(url: str, path: str | Path, sha1_hash: str, timeout: tuple[float, float] = TIMEOUT) -> Path:
    """The file of this SHA-1 at `path`: the one that is there if it matches, else fetched from `url`.

    The content is hashed on its way into a temporary file in the same folder, which replaces `path` only
    when the hash is right; until then the file at `path` stays as it is. `timeout` is in seconds:
    (connect, read). Raises CorpusError.
    """
    path = Path(path)
    cached = path.is_file()
    if cached and sha1_of(path) == sha1_hash:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with whole_file(path) as file:
            got, head = _fetch(url, file, timeout)
            if got != sha1_hash:
                page = ", and looks like a web page" if head.lstrip()[:1] == b"<" else ""
                raise CorpusError(
                    f"what {url} sent is not {path.name}: its SHA-1 is {got}, not {sha1_hash}{page}"
                )
    except CorpusError as error:
        if cached:
            raise CorpusError(f"{error}; the cached {path} is damaged too: its SHA-1 is wrong") from error
        raise
    return path


def _fetch(url: str, file: IO[bytes], timeout: tuple[float, float]) -> tuple[str, bytes]:
    """Write what `url` sends to `file`; return its SHA-1 and its first bytes."""
    import requests  # a tenth of a second, needed only here

    digest, head = hashlib.sha1(), b""
    try:
        with requests.get(url, stream=True, timeout=timeout) as response:
            if response.status_code != 200:
                raise CorpusError(f"{url} answered with HTTP status {response.status_code}, not 200")
            for block in response.iter_content(1 << 16):
                head = head or block[:64]
                digest.update(block)
                file.write(block)
    except requests.RequestException as error:
        cause: BaseException = error
        while cause.__context__ is not None:  # what the socket said is the last of a long chain
            cause = cause.__context__
        raise CorpusError(f"{url} could not be read: {str(cause) or type(cause).__name__}") from error
    return digest.hexdigest(), head


def _check_members(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse a member that could land outside the folder it is unpacked to, or is no plain file or folder.

    And an archive that unpacks to more than its limits: sizes are as the archive says them, and ``zipfile``
    reads no member further than that, where its method is one that it unpacks piece by piece.
    """
    total = sum(info.file_size for info in archive.infolist())
    if total > MAX_UNPACKED:
        raise CorpusError(
            f"{path} is refused and nothing was unpacked: its members take {total:,} bytes, and at most "
            f"{MAX_UNPACKED:,} are unpacked"
        )
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if name.startswith("/") or PureWindowsPath(name).drive:
            fault = "has an absolute path"
        elif ".." in PurePosixPath(name).parts:
            fault = "leads out of the archive's folder"
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            fault = "is a link or a special file"
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            fault = "is packed by another method than deflate"
        elif info.file_size > max(_SMALL, MAX_RATIO * info.compress_size):
            fault = f"unpacks to more than {MAX_RATIO} times its size, {info.file_size:,} bytes"
        else:
            continue
        raise CorpusError(f"{path} is refused and nothing was unpacked: its member {info.filename!r} {fault}")


@contextlib.contextmanager
def _open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(archive, path)
            yield archive
    except (*DAMAGED_ZIP, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # EINVAL: an offset before the file
            raise
        raise CorpusError(
            f"{path} is damaged or no zip archive: {str(error) or type(error).__name__}"
        ) from error


@contextlib.contextmanager
def open_member(path: str | Path, member: str) -> Iterator[IO[bytes]]:
    """The bytes of one member, read straight from the archive. Raises CorpusError, also while reading."""
    with _open_archive(Path(path)) as archive:
        if member not in archive.namelist():
            names = archive.namelist()
            listed = ", ".join(names[:_MAX_LISTED]) + (" and more" if len(names) > _MAX_LISTED else "")
            raise CorpusError(f"{path} has no member {member!r}; it has {listed or 'none'}")
        with archive.open(member) as stream:
            yield stream


def unpack(path: str | Path, folder: str | Path) -> None:
    """Unpack the archive into `folder`, once: members that are there with the right content are left alone.

    All members are checked before anything is written; each is written to a temporary folder and moved
    to its place, so that no half-written file is ever seen. Raises CorpusError.
    """
    folder = Path(folder)
    with _open_archive(Path(path)) as archive:
        missing = [m for m in archive.infolist() if not m.is_dir() and not _is_there(folder / m.filename, m)]
        if not missing:
            return
        folder.mkdir(parents=True, exist_ok=True)
        prefix = f"{Path(path).stem}."
        with naming(folder, folder / prefix):
            staging = Path(tempfile.mkdtemp(dir=folder, prefix=prefix, suffix=".part"))
            try:
                for number, info in enumerate(missing):
                    with archive.open(info) as source, open(staging / str(number), "wb") as target:
                        shutil.copyfileobj(source, target)
                for number, info in enumerate(missing):
                    (folder / info.filename).parent.mkdir(parents=True, exist_ok=True)
                    os.replace(staging / str(number), folder / info.filename)
            finally:
                shutil.rmtree(staging)


def _is_there(target: Path, info: zipfile.ZipInfo) -> bool:
    if not target.is_file() or target.stat().st_size != info.file_size:
        return False
    crc = 0
    with open(target, "rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            crc = zlib.crc32(block, crc)
    return crc == info.CRC
