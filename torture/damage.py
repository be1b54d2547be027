"""Files of runs are damaged at random: the right answer comes all the same, or a sentence."""

from __future__ import annotations

import json
import random
import shutil
import threading
from pathlib import Path
from typing import Callable, NamedTuple, Sequence

from .configurations import Configuration, named
from .pool import run_cases
from .process import broken, not_refused, run
from .references import answer
from .run_folder import differences, read_index, snapshot, strays, touched
from .settings import Settings
from .tally import Tally

NAME = "damage"
_FORMS = ("skip-gram pairs negative-sampling", "lm sampled dropout 0.25", "skip-gram blocks hierarchical")
_MAX_LINES = 4  # on stderr: what is damaged may be named before the error


class _Way(NamedTuple):
    name: str
    damage: Callable[[bytes, random.Random], bytes]


def _flip(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(max(1, len(content)))
    return (
        content[:at] + bytes([content[at] ^ rng.randrange(1, 256)]) + content[at + 1 :] if content else b"?"
    )


def _zeros(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(max(1, len(content)))
    length = min(rng.choice((1, 16, 512)), len(content) - at)
    return content[:at] + bytes(length) + content[at + length :]


def _digit(content: bytes, rng: random.Random) -> bytes:
    """Another digit for one of those that are there, which leaves a text well-formed."""
    places = [at for at, byte in enumerate(content) if 48 <= byte <= 57]
    if not places:
        return _flip(content, rng)
    at = rng.choice(places)
    return (
        content[:at] + bytes([rng.choice([d for d in range(48, 58) if d != content[at]])]) + content[at + 1 :]
    )


def _empty(content: bytes, rng: random.Random) -> bytes:
    del content, rng
    return b""


_WAYS = (
    _Way("a byte flipped in", _flip),
    _Way("a digit changed in", _digit),
    _Way("cut short:", lambda content, rng: content[: rng.randrange(max(1, len(content)))]),
    _Way("zeros in", _zeros),
    _Way("emptied:", _empty),
    _Way("its end twice:", lambda content, rng: content + content[-rng.randrange(1, 200) :]),
)


class _Answers:
    """What the commands print on the undamaged runs; each is asked for once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], str] = {}
        self._lock = threading.Lock()

    def of(self, run_folder: Path, arguments: Sequence[str]) -> str:
        key = (str(run_folder), *arguments)
        with self._lock:
            if key not in self._known:
                self._known[key] = answer([arguments[0], str(run_folder), *arguments[1:]])
            return self._known[key]


def check(settings: Settings, deadline: float) -> Tally:
    """One damaged file and one command per case."""
    answers = _Answers()

    def run_case(case: int) -> list[str]:
        rng = settings.rng(NAME, case)
        chosen = named(_FORMS[case % len(_FORMS)])
        is_half = rng.random() < 0.5
        references = settings.references
        base = references.half(chosen) if is_half else references.finished(chosen).folder
        here = settings.workspace(NAME, case) / "run"
        shutil.copytree(base, here)
        path = _victim(here, rng)
        what = _damage(path, rng)
        command = rng.choice(_commands(chosen))
        described = f"{'half' if is_half else 'finished'} {chosen.name}: {what} {path.relative_to(here)}"
        if command == ("resume",):
            found = _resumed(settings, here, base, path, chosen)
        else:
            found = _asked(here, path, command, answers.of(base, command))
        return [f"{described}; {' '.join(command)}: {problem}" for problem in found]

    return run_cases(settings, NAME, settings.cases(200), run_case, deadline)


def _commands(chosen: Configuration) -> list[tuple[str, ...]]:
    commands: list[tuple[str, ...]] = [("evaluate", "--json"), ("resume",)]
    if chosen.has_vectors:
        commands.append(("similar", "w3", "-k", "100", "--json"))
    return commands


def _victim(run_folder: Path, rng: random.Random) -> Path:
    """A file to damage; those of the checkpoint as often as the others together."""
    files = [path for path in sorted(run_folder.rglob("*")) if path.is_file() and path.suffix != ".png"]
    deep = [path for path in files if path.parent != run_folder]
    return rng.choice(deep if rng.random() < 0.5 else [path for path in files if path.parent == run_folder])


def _damage(path: Path, rng: random.Random) -> str:
    if rng.random() < 0.15:
        path.unlink()
        return "removed:"
    way = rng.choice(_WAYS)
    path.write_bytes(way.damage(path.read_bytes(), rng))
    return way.name


def _asked(here: Path, path: Path, command: tuple[str, ...], right: str) -> list[str]:
    before = snapshot(here)
    finished = run([command[0], str(here), *command[1:]])
    problems = broken(finished)
    if finished.rc == 0:
        # an older checkpoint may answer, if the damaged one is named
        if finished.out != right and not _names(finished.err, path):
            shown = f"{finished.out.strip()[:150]!r} instead of {right.strip()[:150]!r}"
            problems.append(f"taken silently: {shown}")
    else:
        problems += [] if problems else not_refused(finished, _MAX_LINES)
    return problems + touched(before, snapshot(here))


def _resumed(settings: Settings, here: Path, base: Path, path: Path, chosen: Configuration) -> list[str]:
    before, matters = snapshot(here), _matters(here, base, path)
    finished = run(settings.references.resume_arguments(here))
    if finished.rc != 0:
        problems = broken(finished)
        return (problems or not_refused(finished, _MAX_LINES)) + touched(before, snapshot(here))
    problems = (
        broken(finished) + differences(here, settings.references.finished(chosen).folder) + strays(here)
    )
    if matters and not _names(finished.err, path):
        problems.append("went on without a word about the damaged checkpoint")
    return problems


def _matters(here: Path, base: Path, path: Path) -> bool:
    """Whether the newest checkpoint cannot be read any more."""
    if path.parent != here / "checkpoint":
        return False
    index = read_index(base / "checkpoint")
    if path.name == "checkpoint.json":
        return json.dumps(index) != json.dumps(read_index(here / "checkpoint"))
    return path.name in json.dumps(index)


def _names(err: str, path: Path) -> bool:
    return path.name in err or f"{path.parent.name}/checkpoint.json" in err
