"""Courses with an exercise that is a teacher's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from gluon_softmax.coursework import exercise as exercises


def own(course: Path, name: str = "my_loss") -> Path:
    """Put an exercise into a course, the masked loss under another name; return its folder."""
    folder = course / "exercises" / name
    shutil.copytree(exercises.FOLDER / "masked_bce", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.glob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace("masked_bce", name), encoding="utf-8")
    return folder
