"""Who may see the solutions: those who passed, and those who have the course's key."""

from __future__ import annotations

import hmac
from pathlib import Path

from .course import FILE, hash_of, load_course


def has_key(key_file: Path, course: Path) -> bool:
    """Whether a file holds the key of the course in a folder; a folder that is no course has none.

    Raises ExerciseError for a course that is not as it should be.
    """
    sha256 = load_course(course).key_sha256 if (course / FILE).is_file() else ""
    try:
        key = key_file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return False
    return bool(sha256) and hmac.compare_digest(hash_of(key), sha256)
