"""How exercises and verdicts are shown: wrapped to the terminal's width, in colours only there."""

from __future__ import annotations

import ast
import os
import shutil
import sys
import textwrap
from typing import IO, Iterable

import numpy

from .exercise import Exercise, Loaded
from .ladder import NOT_YET, PASSED, TO_DO, Verdict, parameters_of

MAX_WIDTH = 120
_MIN_WIDTH = 40
_INDENT = " " * 10
_BAR = 20  # characters
_COLOURS = {PASSED: "32", TO_DO: "33", NOT_YET: "31"}
_MAX_EXAMPLE = 400  # characters of an argument that is no array


def width_of(stream: IO[str]) -> int:
    """The columns of a terminal, `MAX_WIDTH` at most and where the stream is none."""
    columns = shutil.get_terminal_size((MAX_WIDTH, 24)).columns if stream.isatty() else MAX_WIDTH
    return max(_MIN_WIDTH, min(columns, MAX_WIDTH))


def has_colours(stream: IO[str]) -> bool:
    """Whether a stream is a terminal, and nobody asked for no colours."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(lines: Iterable[str], stream: IO[str] | None = None) -> None:
    """Print lines at once: a state in its colour, and as ``?`` what the stream cannot encode."""
    stream = sys.stdout if stream is None else stream
    encoding = getattr(stream, "encoding", None) or "utf-8"
    coloured = has_colours(stream)
    for line in lines:
        line = line.encode(encoding, "replace").decode(encoding)
        state = line[:8].strip()
        if coloured and state in _COLOURS:
            line = f"\033[{_COLOURS[state]}m{line[:8]}\033[0m{line[8:]}"
        print(line, file=stream)
    stream.flush()


def wrapped(text: str, width: int, first: str = "", then: str = _INDENT) -> list[str]:
    """A sentence as lines of a width; addresses and other long words stay whole."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def lines_of(exercise: Loaded, verdict: Verdict, width: int = MAX_WIDTH) -> list[str]:
    """The lines of a verdict; the first has the state and the name."""
    first = f"{verdict.state:<8}  "
    if verdict.state == TO_DO:
        what = exercise.about.hand_in
        return wrapped(what if what.startswith(exercise.name) else f"{exercise.name}: {what}", width, first)
    if not verdict.why:
        return wrapped(f"{exercise.name}: {exercise.about.title}", width, first)
    lines = wrapped(f"{exercise.name}: {verdict.rung}: {verdict.why}", width, first)
    for name in verdict.mistakes:
        mistake = exercise.mistakes[name]
        lines += wrapped(mistake.says, width, _INDENT)
        where = f'Read "{mistake.section}" in {chapter_path(exercise.about)}.'
        lines += wrapped(
            f"{where} This was once a real bug: {mistake.bug}" if mistake.bug else where, width, _INDENT
        )
    return lines


def bar(passed: int, number: int) -> str:
    """How much of a chapter is passed; full only where all is."""
    filled = passed * _BAR // max(number, 1)
    return f"[{'#' * filled}{'.' * (_BAR - filled)}] {passed} of {number} passed"


def chapter_name(about: Exercise) -> str:
    """A chapter as a heading."""
    return about.chapter.replace("_", " ").capitalize()


def chapter_path(about: Exercise) -> str:
    """Where a chapter is found."""
    return f"chapters/{about.chapter}.py"


def brief(name: str, about: Exercise) -> str:
    """What one asks before beginning: how long it takes, and what kind it is."""
    return f"{name} ({about.kind}, {about.minutes} minutes)"


def list_line(name: str, about: Exercise, when: str) -> str:
    """An exercise in the list of all, with the time when it was passed."""
    state = PASSED if when else ""
    return f"{state:<8}  {name:<26}  {about.kind:<7}  {about.minutes:>3} min  {about.title}" + (
        f", {when}" if when else ""
    )


def text_of(exercise: Loaded, width: int = MAX_WIDTH) -> list[str]:
    """The whole text of an exercise, but for its hints."""
    about = exercise.about
    points = f"{about.points} point{'s' if about.points > 1 else ''}"
    rows = [
        ("Hand in", about.hand_in),
        ("Right when", about.right_when),
        ("Read first", f'"{about.section}" in {chapter_path(about)}'),
        ("Source", about.source),
        ("Kind", f"{about.kind}, {about.minutes} minutes, {points}, calculates with {about.arrays}"),
    ]
    lines = [f"{exercise.name}: {about.title}", ""]
    for title, text in rows:
        lines += wrapped(text, width, f"{title:<12}", " " * 12)
    lines += ["", *_docstring(exercise).splitlines()]
    return [*lines, *_examples(exercise, width)]


def _docstring(exercise: Loaded) -> str:
    """The starter's: shapes, units, errors, an example."""
    for node in ast.parse(exercise.starter).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == exercise.name:
            return ast.get_docstring(node) or ""
    return ""


def _examples(exercise: Loaded, width: int) -> list[str]:
    """The hand-sized examples that a check begins with, where the arguments are the function's own."""
    names = parameters_of(exercise.starter, exercise.name)
    lines = []
    for example in exercise.examples:
        if len(example.arguments) != len(names) or exercise.has_probe:
            continue
        lines += ["", "The check begins with"]
        for name, value in zip((*names, "value"), (*example.arguments, example.value)):
            lines += _shown_value(f"    {name} = ", value, width)
    return lines


def _shown_value(first: str, value: object, width: int) -> list[str]:
    then = " " * len(first)
    with numpy.printoptions(precision=6, suppress=True, threshold=50, linewidth=width - len(first)):
        if isinstance(value, numpy.ndarray):
            return f"{first}{value}".replace("\n", f"\n{then}").splitlines()
        text = repr(value.item() if isinstance(value, numpy.generic) else value)
    text = text if len(text) <= _MAX_EXAMPLE else f"{text[:_MAX_EXAMPLE]} ..."
    return wrapped(text, width, first, then)
