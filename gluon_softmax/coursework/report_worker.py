"""The process that checks one student's folder after the other; the report has as many of it as `workers`.

    python -m gluon_softmax.coursework.report_worker '{"class": ..., "course": null, "seed": 0, ...}'

A line out when it is ready; then a student's name on a line in, a line for each exercise out. It holds the
solutions, and what the files' own processes give it is no code. A solution is computed once for the same
inputs, which are the same for all.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Iterator, Mapping, NamedTuple, NoReturn, Sequence

from . import apart, ladder, wire
from .class_folder import read_file
from .course import course_of
from .exercise import FOLDER, Loaded
from .ladder import NOT_YET, TO_DO, Verdict
from .process import Limits, handed_in
from .start import ForkServers

MISSING = "missing"
MEMORY = 2 << 30  # bytes of address space of a file's process
PATIENCE = 3  # answers of a student that may take all their time; then each has a tenth
_HURRY = 0.1
_SHORTEST_S = 1.0


class Setting(NamedTuple):
    """What is checked, and how."""

    folder: str  # the class's
    course: str | None
    seed: int
    limit_s: float | None = None  # at most so long an exercise


def main(argv: Sequence[str] | None = None) -> None:
    """Check students until there are no more names."""
    (line,) = sys.argv[1:] if argv is None else argv
    setting = Setting(**json.loads(line))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the report ends it
    signal.signal(signal.SIGTERM, _leave)
    apart.die_with_parent(signal.SIGTERM)
    apart.adopt_orphans()
    names, rows = sys.stdin, os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an oracle prints is no row
    servers = ForkServers(adopts=True)
    try:
        checker = Checker(setting, servers)
        print(json.dumps("ready"), file=rows, flush=True)
        for name in names:
            for row in checker.rows(json.loads(name)):
                print(json.dumps(row), file=rows, flush=True)
    finally:
        servers.close()


def _leave(*_: object) -> NoReturn:
    raise SystemExit


class Checker:
    """Checks a student's files, each in a process of its own."""

    def __init__(self, setting: Setting, servers: ForkServers) -> None:
        self._setting, self._servers = setting, servers
        course = course_of(setting.course)
        self._exercises = [remembering(course.load(name)) for name in course.names()]
        folders = [FOLDER, Path(setting.folder), *([course.folder] if course.folder else [])]
        self._hidden = tuple(str(path) for path in map(Path.resolve, folders) if _may_hide(path))

    def rows(self, student: str) -> Iterator[Mapping[str, object]]:
        """Yield a row for each exercise, in order; `Verdict`'s members, and whether namespaces held it."""
        num_late = 0
        for exercise in self._exercises:
            verdict, is_apart, late = self._check(exercise, student, num_late >= PATIENCE)
            num_late += late
            yield {**verdict._asdict(), "apart": is_apart}

    def _check(self, exercise: Loaded, student: str, hurry: bool) -> tuple[Verdict, bool | None, bool]:
        file = read_file(Path(self._setting.folder), student, exercise.name)
        if file.content is None:
            return Verdict(exercise.name, NOT_YET if file.why else MISSING, why=file.why), None, False
        if not file.content.strip():
            return Verdict(exercise.name, TO_DO), None, False
        limits = Limits(MEMORY, True, self._limit_s(exercise, hurry), self._hidden)
        with tempfile.TemporaryDirectory(prefix="handed-in-") as folder:
            path = Path(folder) / f"{exercise.name}.py"
            path.write_bytes(file.content)
            with handed_in(exercise, path, limits, how=self._servers.start) as answer:
                try:
                    verdict = ladder.check(exercise, answer, self._setting.seed)
                except Exception as error:  # an answer no one thought of costs its student alone
                    why = f"the answer cannot be compared ({type(error).__name__})"
                    verdict = Verdict(exercise.name, NOT_YET, "it runs", why)
                return verdict, answer.apart, answer.late

    def _limit_s(self, exercise: Loaded, hurry: bool) -> float:
        own = exercise.about.limit_s
        limit = own if self._setting.limit_s is None else min(own, self._setting.limit_s)
        return min(limit, max(_SHORTEST_S, _HURRY * limit)) if hurry else limit


def _may_hide(folder: Path) -> bool:
    """Whether what the files' processes need lies elsewhere."""
    needed = (sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parent), tempfile.gettempdir())
    places = [Path(os.path.realpath(path)) for path in needed]
    return not any(folder == place or folder in place.parents for place in places)


def remembering(exercise: Loaded) -> Loaded:
    """The same exercise, whose solution is computed once for the same arguments; see also `museum`."""
    known: dict[str, object] = {}

    def solution(*arguments: object) -> object:
        key = wire.dumps(arguments)
        if key not in known:
            known[key] = wire.plain(exercise.solution(*arguments))
        return known[key]

    return exercise._replace(solution=solution)


if __name__ == "__main__":
    main()
