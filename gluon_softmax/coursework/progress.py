"""What a student has begun, passed and asked hints for: a small file in the work's folder."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Mapping

from ..utils.errors import ExerciseError
from ..utils.files import parse_json, write_whole

FILE = ".progress.json"


class Progress:
    """The names begun, the time at which each was passed, the hints given to each, the course's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started: list[str] = []
        self.passed: dict[str, str] = {}
        self.hints: dict[str, int] = {}
        self.course: str | None = None  # None for the package's own exercises

    @classmethod
    def read(cls, work: Path) -> Progress:
        """Read a folder's progress: none if it has no such file, ExerciseError if that is damaged."""
        progress = cls(work / FILE)
        try:
            content = progress.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return progress
        try:
            progress._take(parse_json(content))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ExerciseError(
                f"{progress.path} is damaged: {error}; once it is removed, progress begins anew"
            ) from None
        return progress

    def _take(self, value: object) -> None:
        if not isinstance(value, Mapping):
            raise ValueError("it holds no object")
        self.started = [str(name) for name in value["started"]]
        self.passed = {str(name): str(when) for name, when in value["passed"].items()}
        self.hints = {str(name): int(number) for name, number in value["hints"].items()}
        course = value.get("course")
        self.course = None if course is None else str(course)

    def write(self) -> None:
        """Write it, whole or not at all."""
        value: dict[str, object] = {"started": self.started, "passed": self.passed, "hints": self.hints}
        if self.course is not None:
            value["course"] = self.course
        write_whole(self.path, f"{json.dumps(value, indent=1)}\n".encode())

    def start(self, name: str) -> None:
        """Note that an exercise was begun."""
        if name not in self.started:
            self.started.append(name)

    def note(self, name: str, passed: bool) -> None:
        """Note how a check ended: an exercise keeps the time of its first pass until it passes no more."""
        self.start(name)
        if passed:
            self.passed.setdefault(name, time.strftime("%Y-%m-%d %H:%M"))
        else:
            self.passed.pop(name, None)
