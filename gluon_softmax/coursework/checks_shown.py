"""A check of several exercises as it goes on: a line each, grouped by chapter, and what comes next."""

from __future__ import annotations

import shlex
import sys
import warnings
from typing import Mapping, Sequence

from . import shown
from .command import PROGRAM
from .exercise import Loaded
from .ladder import PASSED
from .process import Checked
from .work_folder import WorkFolder


class ChecksShown:
    """Prints each verdict when it is told, and notes what passed; `all` has what was told."""

    def __init__(self, work: WorkFolder, seed: int, silent: bool, one: bool) -> None:
        self._work, self._seed, self._silent, self._one = work, seed, silent, one
        self._width = shown.width_of(sys.stdout)
        self._chapter = ""
        self.all: list[tuple[Loaded, Checked]] = []

    def begin(self) -> None:
        """Say what is tested."""
        seed = f", seed {self._seed}" if self._seed else ""
        self._say([f"Checking {self._work.path.resolve()}{seed}"])

    def tell(self, exercise: Loaded, checked: Checked) -> None:
        """Print one verdict; of one exercise alone with what its file printed."""
        if self._one and checked.printed:
            self._say(["It printed:", *(f"  {line}" for line in checked.printed.splitlines())])
        elif not self._one and exercise.about.chapter != self._chapter:
            self._end_chapter()
            self._chapter = exercise.about.chapter
            self._say(["", shown.chapter_name(exercise.about)])
        self.all.append((exercise, checked))
        self._say(shown.lines_of(exercise, checked.verdict, self._width))

    def end(self) -> None:
        """Note what passed, and say how all stand and what comes next."""
        self._end_chapter()
        progress = self._work.progress()
        for exercise, checked in self.all:
            progress.note(exercise.name, checked.verdict.state == PASSED)
        try:
            progress.write()
        except OSError as error:  # the verdicts hold without it
            warnings.warn(f"what was passed could not be noted: {error}", stacklevel=2)
        if not self._one:
            self._say(["", f"{len(self.passed_names())} of {len(self.all)} passed"])
        if not self._one or self.are_passed():
            self._say(next_lines(self._work, progress.passed))
        else:
            where = shlex.quote(str(self._work.path))
            self._say([f"`{PROGRAM} hint {self.all[0][0].name} --work {where}` gives a hint."])

    def are_passed(self) -> bool:
        """Whether all that were told passed."""
        return len(self.passed_names()) == len(self.all)

    def passed_names(self) -> set[str]:
        """Those that passed."""
        return {exercise.name for exercise, checked in self.all if checked.verdict.state == PASSED}

    def _end_chapter(self) -> None:
        here = [
            (exercise, checked) for exercise, checked in self.all if exercise.about.chapter == self._chapter
        ]
        if here and not self._one:
            passed = sum(checked.verdict.state == PASSED for _, checked in here)
            self._say([shown.bar(passed, len(here))])

    def _say(self, lines: Sequence[str]) -> None:
        if not self._silent:
            shown.say(lines)


def next_name(work: WorkFolder, passed: Mapping[str, str]) -> str | None:
    """The first exercise of the course that is not passed, those begun before the others."""
    started = work.started()
    return next((name for name in [*started, *work.course.names()] if name not in passed), None)


def next_lines(work: WorkFolder, passed: Mapping[str, str]) -> list[str]:
    """Which exercise comes next, and how to begin it."""
    name = next_name(work, passed)
    if name is None:
        return [f"All {len(work.course.names())} exercises are passed."]
    where = shlex.quote(str(work.path))
    begin = f"{PROGRAM} start {where} {name}"
    line = f"Next: {shown.brief(name, work.course.about(name))}"
    if name in work.started():
        return [f"{line}: {work.file(name)}"]
    return [f"{line}: `{begin}` writes its starter"]


def as_json(work: WorkFolder, seed: int, told: Sequence[tuple[Loaded, Checked]]) -> dict[str, object]:
    """What a check found, for programs."""
    rows = [
        {
            "name": exercise.name,
            "chapter": exercise.about.chapter,
            "state": checked.verdict.state,
            "rung": checked.verdict.rung,
            "why": checked.verdict.why,
            "mistakes": [
                {"name": name, **exercise.mistakes[name]._asdict()} for name in checked.verdict.mistakes
            ],
            "seconds": round(checked.verdict.seconds, 3),
            "printed": checked.printed,
        }
        for exercise, checked in told
    ]
    passed = sum(checked.verdict.state == PASSED for _, checked in told)
    return {
        "work": str(work.path.resolve()),
        "seed": seed,
        "passed": passed,
        "number": len(rows),
        "next": next_name(work, work.progress().passed),
        "exercises": rows,
    }
