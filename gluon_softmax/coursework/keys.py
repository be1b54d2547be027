"""Who may see the solutions: those who passed, and those who have the course's key."""

from __future__ import annotations

from pathlib import Path


def has_key(key_file: Path, course: Path) -> bool:
    """Whether a file holds the key of the course in the folder `course`: no course has one yet."""
    del key_file, course
    return False
