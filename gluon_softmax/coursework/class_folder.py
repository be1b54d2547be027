"""A class's folder: a folder per student, in it a file per exercise; other things and links are not read."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Iterable, NamedTuple, Sequence

from ..utils.errors import ExerciseError

MAX_BYTES = 1 << 20  # of a file that is handed in


class HandedFile(NamedTuple):
    """What a student's folder holds for an exercise: the content, or why there is none."""

    content: bytes | None
    why: str = ""


def students_of(folder: Path) -> list[str]:
    """The names of the students' folders; ExerciseError if there is none.

    Files beside them, links and names that begin with a dot are left out.
    """
    if not folder.is_dir():
        raise ExerciseError(f"class_folder takes a folder that has a folder for each student; got {folder}")
    found = [entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    students = sorted(name for name in found if not name.startswith("."))
    if not students:
        raise ExerciseError(
            f"class_folder takes a folder that has a folder for each student; {folder} has none"
        )
    return students


def read_file(folder: Path, student: str, exercise: str) -> HandedFile:
    """The file ``student/exercise.py``, if it is a plain file of at most `MAX_BYTES`."""
    path = folder / student / f"{exercise}.py"
    try:
        if path.is_symlink() or path.parent.is_symlink():
            return HandedFile(None, "the file is a link, which is not followed")
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe may never open
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return HandedFile(None, "this is not a plain file")
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return HandedFile(None)
    except OSError as error:
        return HandedFile(None, f"the file cannot be read: {error.strerror}")
    if len(content) > MAX_BYTES:
        return HandedFile(None, f"the file has more than {MAX_BYTES:,} bytes")
    return HandedFile(content)


def identical(folder: Path, students: Sequence[str], exercise: str, starter: str) -> list[tuple[str, ...]]:
    """Groups of students whose files are byte by byte the same, and neither empty nor the starter."""
    by_hash: dict[str, list[str]] = {}
    for student in students:
        content = read_file(folder, student, exercise).content
        if content is not None and content.strip() not in (b"", starter.encode().strip()):
            by_hash.setdefault(hashlib.sha256(content).hexdigest(), []).append(student)
    return [tuple(group) for group in by_hash.values() if len(group) > 1]


def readable(text: str) -> str:
    """Text of a student's on one line, without what a terminal or a parser would act on."""
    return " ".join("".join(_visible(text)).split())


def _visible(text: str) -> Iterable[str]:
    return (
        letter if letter.isprintable() else f" \\x{ord(letter):02x} " if letter not in "\n\t " else " "
        for letter in text
    )
