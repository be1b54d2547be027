"""The command line as a subprocess: what it printed, how it ended, and whether an error looks like one."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, NamedTuple, Sequence

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "gluon-softmax: error: "
USER_ERROR = 2
MAX_LINE = 1000  # characters of an error that can still be read
MAX_MEMORY = 6 << 30  # bytes of address space for a command that may ask for too much
TIMEOUT_S = 60.0


class Finished(NamedTuple):
    """How a process ended; `rc` is None where it was still running at the time limit and was killed."""

    rc: int | None
    out: str
    err: str
    seconds: float

    @property
    def last_line(self) -> str:
        """The last line of stderr, the beginning of it."""
        lines = self.err.strip().splitlines()
        return lines[-1][:300] if lines else ""


def environment() -> dict[str, str]:
    """One thread per process, since two run at a time; the package is that of this folder."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
    }


def patience(seconds: float) -> float:
    """A time limit, longer where others keep the machine busy."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class OutOfTimeError(Exception):
    """The whole call's time is up: the case that meets this counts as not reached."""


_live: set[subprocess.Popen[bytes]] = set()
_live_lock = threading.Lock()
_is_over = threading.Event()


def end_all() -> None:
    """Kill the processes that still run, and let none begin any more."""
    with _live_lock:
        _is_over.set()
        for popen in _live:
            popen.kill()


class Process:
    """A started ``python -m MODULE ARGUMENTS``; its output goes to files, so that no pipe can fill up."""

    def __init__(
        self, arguments: Sequence[str], module: str = "gluon_softmax", cwd: Path | None = None
    ) -> None:
        self._out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # `finish` closes it
        self._err: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self.begun = time.monotonic()
        with _live_lock:
            if _is_over.is_set():
                raise OutOfTimeError
            self.popen = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=self._out,
                stderr=self._err,
                env=environment(),
                cwd=cwd,
            )
            _live.add(self.popen)

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self.begun

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.popen.poll() is None

    def limit(self, what: int, amount: int) -> None:
        """Set a resource limit of the process, such as ``resource.RLIMIT_AS``."""
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            resource.prlimit(self.popen.pid, what, (amount, amount))

    def finish(self, timeout: float = TIMEOUT_S) -> Finished:
        """Wait for the end, or kill the process after `timeout` seconds of a quiet machine."""
        rc: int | None
        try:
            rc = self.popen.wait(patience(timeout))
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            rc = None
        with _live_lock:
            _live.discard(self.popen)
        if _is_over.is_set():
            raise OutOfTimeError
        seconds = self.seconds
        texts = []
        for file in (self._out, self._err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
            file.close()
        return Finished(rc, texts[0], texts[1], seconds)


def run(arguments: Sequence[str], timeout: float = TIMEOUT_S, memory: int | None = None) -> Finished:
    """Run the command line to its end."""
    process = Process(arguments)
    if memory is not None:
        process.limit(resource.RLIMIT_AS, memory)
    return process.finish(timeout)


def shown(arguments: Sequence[str]) -> str:
    """The command line as one types it, long values cut."""
    return shlex.join(["gluon-softmax", *(a if len(a) <= 80 else a[:77] + "..." for a in arguments)])


def broken(finished: Finished) -> list[str]:
    """What no command may ever do, whatever it is given."""
    if finished.rc is None:
        return [f"still running after {finished.seconds:.0f} s"]
    if "Traceback (most recent call last)" in finished.err + finished.out:
        return [f"traceback: {finished.last_line}"]
    if finished.rc < 0:
        return [f"died of signal {-finished.rc}"]
    return []


def not_refused(finished: Finished, max_lines: int = 1) -> list[str]:
    """The problems of what should be a refusal, which is exit code 2 and a readable line.

    `max_lines` − 1 others may come before it.
    """
    problems = broken(finished)
    if problems:
        return problems
    lines = [line for line in finished.err.splitlines() if line.strip()]
    if finished.rc != USER_ERROR:
        problems.append(
            f"exit code {finished.rc} instead of {USER_ERROR}; stderr ends: {finished.last_line!r}"
        )
    elif not lines or not lines[-1].startswith(PREFIX) or len(lines) > max_lines:
        problems.append(f"{len(lines)} lines on stderr instead of one; the last: {finished.last_line!r}")
    elif len(lines[-1]) > MAX_LINE:
        problems.append(f"an error of {len(lines[-1]):,} characters: {lines[-1][:100]}...")
    return problems
