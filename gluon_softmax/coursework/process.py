"""A student's file in a process of its own, with limits on time and memory: the side that asks."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator, NamedTuple

from ..utils.errors import AnswerError, NotDone
from . import wire
from .exercise import Loaded

_ROOT = Path(__file__).resolve().parents[2]
MAX_PRINTED = 2000  # characters of what a file prints
_FILE_SIZE = 16 << 20
_MXNET_STARTS_S = 60.0
_BITE = 1 << 16


class Limits(NamedTuple):
    """What an answer may take; `alone` as `stand_alone` says, in an empty folder and environment."""

    memory: int = 2 << 30  # bytes of address space
    alone: bool = False
    limit_s: float | None = None  # else the exercise's own


class ProcessAnswer:
    """What a file hands in, asked in another process; see `ladder.HandedIn`."""

    def __init__(self, exercise: Loaded, file: Path, limits: Limits, folder: Path) -> None:
        self._limit_s = limits.limit_s or exercise.about.limit_s
        self._needs_mxnet = exercise.about.arrays == "mxnet"
        self._deadline: float | None = None  # from the first question on
        self._buffer = b""
        self._printed = folder / "printed.txt"
        task = {
            "file": str(file),
            "name": exercise.name,
            "text": str(exercise.folder),
            "alone": limits.alone,
            "memory": limits.memory * (4 if self._needs_mxnet else 1),
            "file_size": _FILE_SIZE,
            "cpu_s": int(self._limit_s) + int(_MXNET_STARTS_S),
        }
        command = [sys.executable, "-m", "gluon_softmax.coursework.student", json.dumps(task)]
        with open(self._printed, "wb") as printed:
            self._process = subprocess.Popen(
                command,
                cwd=folder if limits.alone else file.parent,
                env=_environment(folder, limits.alone),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=printed,
                start_new_session=True,
            )

    def parameters(self) -> tuple[tuple[str, bool], ...]:
        """The parameters, each with whether it may be left out."""
        found = self._read(self._limit_s + _MXNET_STARTS_S)["parameters"]
        assert isinstance(found, list)
        return tuple((str(name), bool(optional)) for name, optional in found)

    def __call__(self, *arguments: object) -> object:
        """Ask for the value."""
        assert self._process.stdin is not None
        if self._deadline is None:
            self._deadline = time.monotonic() + self._limit_s
        question = json.dumps({"arguments": json.loads(wire.dumps(arguments))}) + "\n"
        with contextlib.suppress(BrokenPipeError):  # it ended; reading says so
            self._process.stdin.write(question.encode())
            self._process.stdin.flush()
        answer = self._read(self._deadline - time.monotonic())
        return wire.loads(json.dumps(answer.get("value")))

    def printed(self) -> str:
        """What the file printed, the end of it."""
        text = self._printed.read_bytes()[-MAX_PRINTED:].decode("utf-8", "replace")
        return text.strip()

    def close(self) -> None:
        """End the process, with all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()

    def _read(self, seconds: float) -> dict[str, object]:
        line = self._line(seconds)
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise AnswerError("the file wrote into the checker's own stream")
        if answer.get("to_do"):
            raise NotDone
        if "error" in answer:
            raise AnswerError(str(answer["error"]))
        return answer

    def _line(self, seconds: float) -> bytes:
        """The next line; AnswerError when the time is over or the process has ended."""
        assert self._process.stdout is not None
        until = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise AnswerError(f"no answer within {self._limit_s:g} s: is there an endless loop?")
            bite = os.read(self._process.stdout.fileno(), _BITE)
            if not bite:
                raise AnswerError(f"the file ended the program ({self._ended()})")
            self._buffer += bite
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _ended(self) -> str:
        code = self._process.wait()
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


@contextlib.contextmanager
def handed_in(exercise: Loaded, file: Path, limits: Limits) -> Iterator[ProcessAnswer]:
    """Run the process while the block runs. If it stands alone, on a copy of the file in an empty folder."""
    folder = Path(tempfile.mkdtemp(prefix="answer-"))
    try:
        if limits.alone:
            file = Path(shutil.copyfile(file, folder / file.name))
        answer = ProcessAnswer(exercise, file, limits, folder)
        try:
            yield answer
        finally:
            answer.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, alone: bool) -> dict[str, str]:
    kept = {} if alone else dict(os.environ)
    for name in ("PATH", "LANG", "LD_LIBRARY_PATH"):
        if name in os.environ:
            kept[name] = os.environ[name]
    path = os.pathsep.join(
        [str(_ROOT), *([os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else [])]
    )
    return {
        **kept,
        "PYTHONPATH": path,
        "HOME": str(folder) if alone else kept.get("HOME", str(folder)),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
