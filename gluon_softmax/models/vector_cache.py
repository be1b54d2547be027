"""A large file of vectors read once: beside it as ``.npy``, which later processes map into memory.

    FILE.npy         the matrix, float32 (V, d)
    FILE.unit.npy    its rows with length 1
    FILE.words.json  the words, the rows of zeros, and what the other files were

A query then touches the pages of one array, which the system shares between processes and takes back when
memory is short. It counts where FILE has the size and the time of change that it had, or the digest
where only the time differs, and where the arrays and the words have their digests. In any other case, and
where nothing can be written, it is as if there were none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy

from ..utils.files import parse_json, whole_file, write_whole

MIN_BYTES = 32 << 20  # of a file that is worth it: a smaller one is read in less than a second
_BLOCK = 1 << 20


class Kept(NamedTuple):
    """What `WordVectors` is made of: V words, the matrix and its unit rows (V, d), the rows of zeros."""

    tokens: list[str]
    matrix: numpy.ndarray
    unit: numpy.ndarray
    zeros: numpy.ndarray


def cache_paths(path: str | os.PathLike[str]) -> list[Path]:
    """The files of the cache of `path`: the matrix, the unit rows, and the words, which are written last."""
    return [Path(f"{path}{end}") for end in (".npy", ".unit.npy", ".words.json")]


def read_cache(path: str | os.PathLike[str]) -> Kept | None:
    """What `path` holds, where its cache is there, whole and not stale; else None."""
    *arrays, words = cache_paths(path)
    try:
        found = parse_json(words.read_bytes())
        if not isinstance(found, dict) or not _is_of(Path(path), found["file"]):
            return None
        tokens, zeros = found["tokens"], found["zeros"]
        if [_digest(array) for array in arrays] != found["arrays"] or _digest_of(tokens, zeros) != found[
            "words"
        ]:
            return None
        matrix, unit = (_mapped(array) for array in arrays)
        return Kept(tokens, matrix, unit, numpy.array(zeros, numpy.int64))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_cache(path: str | os.PathLike[str], kept: Kept) -> None:
    """Keep what `path` holds beside it, if it is large; without a word where that cannot be."""
    *arrays, words = cache_paths(path)
    with contextlib.suppress(OSError):
        if os.path.getsize(path) < MIN_BYTES:
            return
        about = {**_state(Path(path)), "digest": _digest(Path(path))}
        words.unlink(missing_ok=True)
        for target, array in zip(arrays, (kept.matrix, kept.unit)):
            with whole_file(target) as file:
                numpy.save(file, array)
        found = {
            "file": about,
            "arrays": [_digest(array) for array in arrays],
            "words": _digest_of(kept.tokens, kept.zeros.tolist()),
            "zeros": kept.zeros.tolist(),
            "tokens": kept.tokens,
        }
        write_whole(words, json.dumps(found).encode())


def _is_of(path: Path, about: dict[str, Any]) -> bool:
    now = _state(path)
    if now["size"] != about["size"]:
        return False
    return bool(now["mtime_ns"] == about["mtime_ns"] or _digest(path) == about["digest"])


def _state(path: Path) -> dict[str, int]:
    status = path.stat()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=20)
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def _digest_of(tokens: list[str], zeros: list[int]) -> str:
    content = json.dumps([tokens, zeros]).encode()
    return hashlib.blake2b(content, digest_size=20).hexdigest()


def _mapped(path: Path) -> numpy.ndarray:
    """The array of a file, read when it is touched; a plain one, since NumPy is slower with its own kind."""
    return numpy.asarray(numpy.load(path, mmap_mode="r", allow_pickle=False))
