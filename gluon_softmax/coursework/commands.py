"""What the commands of ``gluon-softmax exercise`` do; each returns its exit code, None for 0."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Sequence

from ..utils.checks import check_positive_int
from ..utils.errors import ExerciseError
from . import shown
from .check_work import check_files
from .checks_shown import ChecksShown, as_json
from .command import PROGRAM
from .exercise import Loaded
from .ladder import PASSED
from .process import Limits, check_file
from .progress import FILE
from .watch import saved
from .work_folder import WorkFolder

OPEN = 1  # the exit code while an exercise is open


def list_all(args: argparse.Namespace) -> None:
    """Print every exercise by chapter, with what was passed in the work's folder."""
    work = WorkFolder(args.work)
    passed = work.progress().passed
    texts = {name: work.course.about(name) for name in work.course.names()}
    if args.json:
        rows = [
            {
                **{
                    key: getattr(text, key)
                    for key in ("title", "chapter", "section", "kind", "minutes", "points")
                },
                "name": name,
                "passed": passed.get(name),
            }
            for name, text in texts.items()
        ]
        print(json.dumps({"exercises": rows}))
        return
    for chapter in dict.fromkeys(text.chapter for text in texts.values()):
        here = {name: text for name, text in texts.items() if text.chapter == chapter}
        title = shown.chapter_name(next(iter(here.values())))
        lines = [shown.list_line(name, text, passed.get(name, "")) for name, text in here.items()]
        if passed:
            title = f"{title}  {shown.bar(len(passed.keys() & here), len(here))}"
        shown.say([title, *lines, ""])
    if not (work.path / FILE).exists():
        shown.say([f"`{PROGRAM} start work` writes a starter of each into the folder work."])


def start(args: argparse.Namespace) -> None:
    """Write starters."""
    work = WorkFolder(args.work, args.course)
    written, kept = work.start(args.names)
    where = shlex.quote(str(work.path))
    lines = [
        f"{work.path}: {len(written)} starter{'' if len(written) == 1 else 's'} written{_kept(len(kept))}"
    ]
    passed = work.progress().passed
    todo = [name for name in (written or kept) if name not in passed]
    if todo:
        file = shlex.quote(str(work.file(todo[0])))
        lines += [
            f"Begin with {shown.brief(todo[0], work.course.about(todo[0]))}: open {file}, then",
            f"  {PROGRAM} check {where} {todo[0]}",
            f"  {PROGRAM} hint {todo[0]} --work {where}",
        ]
    shown.say(lines)


def _kept(number: int) -> str:
    if number == 1:
        return "; 1 that was there stays as it is"
    return f"; {number} that were there stay as they are" if number else ""


def check(args: argparse.Namespace) -> int:
    """Check files and print how they stand; `OPEN` while one is."""
    if args.seed is not None:
        check_positive_int("seed", args.seed, 0)
    if args.watch and args.json:
        raise ExerciseError("--watch takes no --json")
    work = WorkFolder.existing(args.work)
    exercises = _by_chapter([work.course.load(name) for name in work.chosen(args.names)])
    seed = work.course.seed if args.seed is None else args.seed
    if args.watch:
        return _watch(work, exercises, seed)
    one = bool(args.names) and len(exercises) == 1
    checks = _checked(work, exercises, seed, silent=args.json, one=one)
    if args.json:
        print(json.dumps(as_json(work, seed, checks.all)))
    return 0 if checks.are_passed() else OPEN


def _by_chapter(exercises: Sequence[Loaded]) -> list[Loaded]:
    """The exercises in their order, but each chapter's together: a course may come back to a chapter."""
    chapters = list(dict.fromkeys(exercise.about.chapter for exercise in exercises))
    return sorted(exercises, key=lambda exercise: chapters.index(exercise.about.chapter))


def _checked(
    work: WorkFolder, exercises: Sequence[Loaded], seed: int, silent: bool = False, one: bool = False
) -> ChecksShown:
    checks = ChecksShown(work, seed, silent, one)
    checks.begin()
    check_files(exercises, work.file, seed, checks.tell)
    checks.end()
    return checks


def _watch(work: WorkFolder, exercises: Sequence[Loaded], seed: int) -> int:
    """Check all, then each that is saved, until all are passed or Ctrl-C."""
    files = {exercise.name: work.file(exercise.name) for exercise in exercises}
    opened = set(files)
    one = len(exercises) == 1
    changes = saved(files)
    try:
        chosen = list(files)
        while True:
            checks = _checked(work, [found for found in exercises if found.name in chosen], seed, one=one)
            opened = (opened | set(chosen)) - checks.passed_names()
            if not opened:
                return 0
            shown.say([f"{len(opened)} open; watching {work.path} for changes, Ctrl-C ends it", ""])
            chosen = next(changes)
    except KeyboardInterrupt:
        shown.say([""])
        return OPEN


def hint(args: argparse.Namespace) -> None:
    """Print the hints given so far and the next one."""
    work = WorkFolder.existing(args.work)
    exercise = work.course.about(args.name)
    progress = work.progress()
    number = min(progress.hints.get(args.name, 0) + 1, len(exercise.hints))
    shown.say(hint_lines(exercise.hints, number))
    left = len(exercise.hints) - number
    more = f"{PROGRAM} hint {args.name}{_work_option(args.work)}"
    shown.say([f"{left} more: `{more}` shows the next one." if left else "These are all."])
    if progress.hints.get(args.name) != number:
        progress.hints[args.name] = number
        progress.write()


def hint_lines(hints: Sequence[str], number: int) -> list[str]:
    """The first hints, each wrapped."""
    width = shown.width_of(sys.stdout)
    return [
        line
        for place, text in enumerate(hints[:number], 1)
        for line in shown.wrapped(text, width, f"Hint {place} of {len(hints)}: ", " " * 13)
    ]


def show(args: argparse.Namespace) -> None:
    """Print the whole text of an exercise, with the hints given so far."""
    work = WorkFolder(args.work)
    exercise = work.course.load(args.name)
    shown.say(shown.text_of(exercise, shown.width_of(sys.stdout)))
    number = work.progress().hints.get(args.name, 0)
    if number:
        shown.say(["", *hint_lines(exercise.about.hints, number)])
    if work.file(args.name).exists():
        shown.say(["", f"Yours is {work.file(args.name)}."])


def reset(args: argparse.Namespace) -> None:
    """Put the starter back and keep what was there."""
    work = WorkFolder.existing(args.work)
    work.course.folder_of(args.name)
    file = work.file(args.name)
    if work.is_untouched(args.name):
        shown.say([f"{file} is the starter as it was"])
        return
    moved = work.reset(args.name)
    shown.say([f"{file} is the starter again" + (f"; what it was is in {moved}" if moved else "")])


def solution(args: argparse.Namespace) -> int | None:
    """Print the solution with its derivation, after a check that passes now or with the course's key."""
    course = WorkFolder(args.work, args.course).course
    exercise = course.load(args.name)
    if args.key is not None:
        if not course.has_key(Path(args.key)):
            raise ExerciseError(f"--key takes the course's key file; {args.key} is none")
    elif not _passes(exercise, args.work):
        return OPEN
    path = exercise.folder / "solution.py"
    shown.say(path.read_text(encoding="utf-8").rstrip("\n").split("\n"))
    return None


def _passes(exercise: Loaded, folder: str) -> bool:
    work = WorkFolder.existing(folder)
    work.chosen([exercise.name])
    verdict = check_file(exercise, work.file(exercise.name), Limits()).verdict
    if verdict.state != PASSED:
        shown.say(shown.lines_of(exercise, verdict, shown.width_of(sys.stdout)))
        shown.say(["", "The solution is shown once yours has passed."])
    return verdict.state == PASSED


def _work_option(folder: str) -> str:
    return "" if folder == "." else f" --work {shlex.quote(folder)}"
