"""How a verdict is shown: one line for the exercise, below it why and which mistake was made."""

from __future__ import annotations

from .exercise import Loaded
from .ladder import TO_DO, Verdict

_INDENT = " " * 10


def lines_of(exercise: Loaded, verdict: Verdict) -> list[str]:
    """The lines of a verdict; the first has the state and the name."""
    line = f"{verdict.state:<8}  {exercise.name}"
    if verdict.state == TO_DO:
        return [f"{line}: {exercise.about.hand_in}"]
    if not verdict.why:
        return [f"{line}: {exercise.about.title}"]
    lines = [f"{line}: {verdict.rung}: {verdict.why}"]
    for name in verdict.mistakes:
        mistake = exercise.mistakes[name]
        lines.append(f"{_INDENT}{mistake.says}")
        where = f'{_INDENT}Read "{mistake.section}" in chapters/{exercise.about.chapter}.py.'
        lines.append(f"{where} This was once a real bug: {mistake.bug}" if mistake.bug else where)
    return lines
