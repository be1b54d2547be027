"""A student's folder: one file an exercise, begun as its starter, and never overwritten."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import NamedTuple, Sequence

from ..utils.errors import ExerciseError
from ..utils.files import user_path
from .command import PROGRAM
from .course import course_of
from .progress import FILE, Progress

README = "README.md"
_README = f"""# Exercises

Each file here is one exercise: its docstring says what to write in place of `raise NotImplementedError`.
In this folder:

    {PROGRAM} check .            how all of them stand
    {PROGRAM} check . NAME       one, with what it prints
    {PROGRAM} check . --watch    again at each save
    {PROGRAM} show NAME          what is asked, and how one knows that it is right
    {PROGRAM} hint NAME          one hint more at each call
    {PROGRAM} reset NAME         the starter again; what you wrote is kept beside it
    {PROGRAM} solution NAME      a solution with its derivation, once yours passed

Each file is checked by itself, so it imports nothing from its neighbours. What you passed and the hints that
you asked for are noted in {FILE}.
"""


class Started(NamedTuple):
    """The names whose starters were written, and those whose files were there and stay."""

    written: list[str]
    kept: list[str]


class WorkFolder:
    """A folder with files ``NAME.py`` of a course: the one given, else the one that it was begun with."""

    def __init__(self, path: str | Path, course: str | Path | None = None) -> None:
        self.path = user_path("work", path)
        self.course = course_of(self.progress().course if course is None else course)

    @classmethod
    def existing(cls, path: str | Path) -> WorkFolder:
        """A folder that is there and has an exercise; ExerciseError if it is none."""
        work = cls(path)
        if not work.path.is_dir() or not work.started():
            raise ExerciseError(f"work takes a folder that `{PROGRAM} start` wrote; {work._what_is_there()}")
        return work

    def file(self, name: str) -> Path:
        """Where the exercise `name` is handed in."""
        return self.path / f"{name}.py"

    def started(self) -> list[str]:
        """The names that have a file, or once had one, in the course's order."""
        noted = self.progress().started
        return [name for name in self.course.names() if name in noted or self.file(name).exists()]

    def progress(self) -> Progress:
        """What was begun, passed and asked for."""
        return Progress.read(self.path)

    def chosen(self, wanted: Sequence[str]) -> list[str]:
        """The names to check: those wanted, else all that were begun; in the course's order."""
        started = self.started()
        for name in wanted:
            self.course.folder_of(name)
            if name not in started:
                raise ExerciseError(
                    f"NAME takes an exercise that was begun; {self.file(name)} does not exist: "
                    f"`{PROGRAM} start {shlex.quote(str(self.path))} {name}` writes it"
                )
        return [name for name in started if name in wanted] if wanted else started

    def start(self, wanted: Sequence[str]) -> Started:
        """Write each starter that is not there yet, of all exercises if none is named."""
        chosen = [name for name in self.course.names() if not wanted or name in wanted]
        for name in wanted:
            self.course.folder_of(name)
        if self.path.exists() and not self.path.is_dir():
            raise ExerciseError(f"work takes a folder; {self.path} is a file")
        progress = self.progress()  # before anything is written
        progress.course = None if self.course.folder is None else str(self.course.folder.resolve())
        self.path.mkdir(parents=True, exist_ok=True)
        started = Started([], [])
        for name in chosen:
            (
                started.written if self._write_new(self.file(name), self._starter(name)) else started.kept
            ).append(name)
            progress.start(name)
        self._write_new(self.path / README, _README)
        progress.write()
        return started

    def reset(self, name: str) -> Path | None:
        """Write the starter again; return where what was there is now, None if nothing was."""
        starter, file = self._starter(name), self.file(name)
        progress = self.progress()
        moved = None
        if os.path.lexists(file):
            moved = self._free(f"{file.name}.bak")
            file.rename(moved)
        self._write_new(file, starter)
        progress.note(name, passed=False)
        progress.write()
        return moved

    def is_untouched(self, name: str) -> bool:
        """Whether a file is its starter still."""
        file = self.file(name)
        return file.is_file() and file.read_bytes() == self._starter(name).encode()

    def _starter(self, name: str) -> str:
        return (self.course.folder_of(name) / "starter.py").read_text(encoding="utf-8")

    def _free(self, name: str) -> Path:
        """The first of NAME, NAME2, NAME3 … that is not there."""
        path, number = self.path / name, 1
        while os.path.lexists(path):
            number += 1
            path = self.path / f"{name}{number}"
        return path

    def _what_is_there(self) -> str:
        path = self.path
        if not path.exists():
            return f"{path} does not exist"
        if not path.is_dir():
            return f"{path} is a file"
        below = sorted(found.parent.name for found in path.glob(f"*/{FILE}"))
        return f"{path.resolve()} has no exercise" + (f", but {path / below[0]} has" if below else "")

    @staticmethod
    def _write_new(path: Path, text: str) -> bool:
        """Write a file that was not there; False if it was, as whatever it is."""
        try:
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            return False
        except OSError:  # a full disk must not leave half a starter, which would stay
            path.unlink(missing_ok=True)
            raise
        return True
