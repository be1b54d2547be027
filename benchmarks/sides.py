"""The two sides of a benchmark: each a process of its own, in an environment of its own, asked turn by turn.

A script has one function per side. Called once with the work's options it prepares, and returns a function
that takes one turn and returns its figures. Both sides get the same options, so that the work is the same; a
side's process holds nothing of the other, so that its peak memory is its own. Runs are spread over several
pairs of processes, so that the peak is a median too.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple, Tuple

from timing import take_turns

PROCESSES = 3  # of each side
Prepare = Callable[..., Callable[..., Any]]
_PEERS = Path(__file__).resolve().parent.parent / ".venv-peers" / "bin" / "python"


def peers_python() -> str:
    """Return the Python that has gensim and PyTorch: $PEERS_PYTHON, else the one that `make bench` makes."""
    python = os.environ.get("PEERS_PYTHON", str(_PEERS))
    if not Path(python).exists():
        raise SystemExit(f"the peers' environment is missing ({python}): make bench makes it")
    return python


class Side:
    """One side: ``ask()`` takes a turn, ``close()`` ends the process and returns its peak memory in MiB."""

    def __init__(self, script: str, name: str, python: str, work: Mapping[str, object]) -> None:
        self.name = name
        command = [python, script, "--side", name, json.dumps(work)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **turn: object) -> Any:
        """Return the figures of one turn."""
        return self._send(turn)

    def close(self) -> float:
        """End the process and return its peak memory in MiB."""
        peak: float = self._send(None)
        self._process.wait()
        return peak

    def _send(self, line: Mapping[str, object] | None) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"the side {self.name} ended with {self._process.wait()}")
        return json.loads(answer)


Sides = Tuple[Side, Side]  # ours, and the peer's


class Compared(NamedTuple):
    """What two sides measured."""

    turns: list[tuple[Any, ...]]  # (ours, peer) per turn
    memory: list[tuple[float, ...]]  # (ours, peer) per pair of processes, peaks in MiB


def start_sides(script: str, work: Mapping[str, object], peer_python: str | None = None) -> Sides:
    """Start the sides "ours" and "peer" of `script`, each in a new process."""
    ours = Side(script, "ours", sys.executable, work)
    return ours, Side(script, "peer", peer_python or peers_python(), work)


def compare(
    script: str,
    runs: int,
    work: Mapping[str, object],
    *,
    peer_python: str | None = None,
    asked: Mapping[str, object] | None = None,
) -> Compared:
    """Compare the sides "ours" and "peer" of `script`; the first turn of each process does not count.

    `work` are the options that prepare both sides; `asked` is what a turn is given besides its number.
    """
    return compare_sides(functools.partial(start_sides, script, work, peer_python), runs, asked=asked)


def compare_sides(
    start: Callable[[], Sides], runs: int, *, warm_up: int = 1, asked: Mapping[str, object] | None = None
) -> Compared:
    """Ask the sides that `start` starts in turns, by `PROCESSES` pairs of processes.

    Turns are numbered from 0; the first `warm_up` turns of each process do not count.
    """
    found = Compared([], [])
    pairs = min(PROCESSES, runs)
    for pair in range(pairs):
        sides = start()
        contestants = [_asker(side, asked or {}) for side in sides]
        found.turns.extend(take_turns(contestants, range(pair, runs, pairs), range(runs, runs + warm_up)))
        found.memory.append(tuple(side.close() for side in sides))
    return found


def _asker(side: Side, asked: Mapping[str, object]) -> Callable[[int], Any]:
    return lambda number: side.ask(turn=number, **asked)


def serve(sides: Mapping[str, Prepare]) -> None:
    """If this process was started as a side, answer until it is asked to end, and exit."""
    if sys.argv[1:2] != ["--side"]:
        return
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    take = sides[sys.argv[2]](**json.loads(sys.argv[3]))
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _peak_memory() if asked is None else take(**asked)
        print(json.dumps(answer), file=answers, flush=True)
        if asked is None:
            break
    raise SystemExit


def _peak_memory() -> float:
    """Return the peak resident size of this process plus that of its children, in MiB (Linux counts KiB).

    Its own is not `getrusage`'s, which a process inherits: that is no less than what the process that
    started it held.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
