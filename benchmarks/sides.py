"""The two sides of a benchmark: each a process of its own, in an environment of its own, asked turn by turn.

A script has one function a side. Called once with the work's options it prepares, and returns a function that
does one turn and returns its figures. Both sides get the same options, so that the work is the same; a side's
process holds nothing of the other, so that its peak memory is its own. Runs are spread over several pairs of
processes, so that the peak is a median too.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple

PROCESSES = 3  # of each side
Prepare = Callable[..., Callable[..., Any]]
_PEERS = Path(__file__).resolve().parent.parent / ".venv-peers" / "bin" / "python"


def peers_python() -> str:
    """The Python that has gensim and PyTorch: $PEERS_PYTHON, else the one that `make bench` makes."""
    python = os.environ.get("PEERS_PYTHON", str(_PEERS))
    if not Path(python).exists():
        raise SystemExit(f"the peers' environment is missing ({python}): make bench makes it")
    return python


class Side:
    """One side: ``ask()`` is a turn, ``close()`` ends it and gives its peak memory in MiB."""

    def __init__(self, script: str, name: str, python: str, **options: Any) -> None:
        self.name = name
        command = [python, script, "--side", name, json.dumps(options)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **turn: Any) -> Any:
        return self._say(turn)

    def close(self) -> float:
        peak: float = self._say(None)
        self._process.wait()
        return peak

    def _say(self, line: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"the side {self.name} ended with {self._process.wait()}")
        return json.loads(answer)


class Compared(NamedTuple):
    """What two sides gave: (ours, peer) a turn, and (ours, peer) a pair of processes, their peak memory in
    MiB.
    """

    turns: list[tuple[Any, Any]]
    memory: list[tuple[float, float]]


def start_sides(script: str, peer_python: str | None = None, **options: Any) -> tuple[Side, Side]:
    """The sides "ours" and "peer" of `script`, each a new process."""
    ours = Side(script, "ours", sys.executable, **options)
    return ours, Side(script, "peer", peer_python or peers_python(), **options)


def compare(
    script: str,
    runs: int,
    *,
    warm_up: int = 1,
    peer_python: str | None = None,
    asked: Mapping[str, Any] | None = None,
    **options: Any,
) -> Compared:
    """Ask the sides of `script` in turns, numbered from 0, by `PROCESSES` pairs of processes; the first
    `warm_up` turns of each do not count. `asked` is what else a turn is told.
    """
    found = Compared([], [])
    pairs = min(PROCESSES, runs)
    for pair in range(pairs):
        sides = start_sides(script, peer_python, **options)
        numbers = [*range(runs, runs + warm_up), *range(pair, runs, pairs)]
        turns = [
            (sides[0].ask(turn=number, **asked or {}), sides[1].ask(turn=number, **asked or {}))
            for number in numbers
        ]
        found.turns.extend(turns[warm_up:])
        found.memory.append((sides[0].close(), sides[1].close()))
    return found


def serve(sides: Mapping[str, Prepare]) -> None:
    """If this process was started as a side, answer until it is told to end, and exit."""
    if sys.argv[1:2] != ["--side"]:
        return
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    turn = sides[sys.argv[2]](**json.loads(sys.argv[3]))
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _peak_memory() if asked is None else turn(**asked)
        print(json.dumps(answer), file=answers, flush=True)
        if asked is None:
            break
    raise SystemExit


def _peak_memory() -> float:
    """The largest resident size of this process, and of its own children, so far, in MiB (Linux counts KiB).

    Its own is not `getrusage`'s, which a process inherits: it would be no less than what the process that
    started it held.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
