"""What a user can type and a file can hold that is wrong: refused in one line, with no file touched."""

from __future__ import annotations

import resource
import shlex
import shutil
from pathlib import Path
from typing import Callable

from .bad_commands import command_lines
from .bad_files import bad_files
from .configurations import named
from .pool import run_cases
from .process import MAX_MEMORY, Process, not_refused, shown
from .run_folder import snapshot, touched
from .settings import Settings
from .tally import Tally

NAME = "bad-input"
_LIMIT_S = 20.0


def _nothing(here: Path) -> None:
    pass


def _table() -> list[tuple[str | tuple[str, ...], str, Callable[[Path], None]]]:
    """(arguments, what is bad about a file, what makes it so)."""
    table: list[tuple[str | tuple[str, ...], str, Callable[[Path], None]]]
    table = [(line, "", _nothing) for line in command_lines()]
    return table + [(bad.command, f"{bad.name}: ", bad.prepare) for bad in bad_files()]


def check(settings: Settings, deadline: float) -> Tally:
    """Every input of the tables, in an order that the seed decides."""
    table = _table()
    cases = list(range(len(table)))
    settings.rng(NAME, 0).shuffle(cases)
    if settings.case is not None:
        cases = [settings.case % len(table)]
    needed = {"run": named("skip-gram pairs negative-sampling"), "lm": named("lm sampled dropout 0.25")}

    def run_case(case: int) -> list[str]:
        arguments, name, prepare = table[case]
        text = arguments if isinstance(arguments, str) else " ".join(arguments)
        here = settings.workspace(NAME, case)
        for placeholder, configuration in needed.items():
            if f"{{{placeholder}}}" in text:
                shutil.copytree(settings.references.finished(configuration).folder, here / placeholder)
        if "{corpus}" in text:
            shutil.copytree(settings.references.corpus, here / "corpus")
        prepare(here)
        places = {place: str(here / place) for place in ("run", "lm", "corpus")}
        parts = shlex.split(arguments) if isinstance(arguments, str) else arguments
        ready = [_filled(part, {**places, "here": str(here)}) for part in parts]
        before = snapshot(here)
        process = Process(ready, cwd=here)
        process.limit(resource.RLIMIT_AS, MAX_MEMORY)
        problems = not_refused(process.finish(_LIMIT_S)) + touched(before, snapshot(here))
        return [f"{name}{shown(parts)}", *problems] if problems else []

    return run_cases(settings, NAME, cases, run_case, deadline)


def _filled(part: str, places: dict[str, str]) -> str:
    for place, path in places.items():
        part = part.replace(f"{{{place}}}", path)
    return part
