"""A student's file in a process of its own, with limits on time and memory: the side that asks."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Iterator, NamedTuple

from ..utils.errors import AnswerError, ExerciseError, NotDone
from . import wire
from .exercise import Loaded
from .ladder import DEFAULT_SEED, NOT_YET, Verdict, check
from .start import Start, Task, environment_of, start_plainly
from .student import in_short

MAX_PRINTED = 2000  # characters of what a file prints
MAX_ANSWER = 64 << 20  # bytes of one value
_FILE_SIZE = 16 << 20
_STARTS_S = 60.0  # until the student's file is read: MXNet takes seconds, on a busy machine more
_BITE = 1 << 16
_GRACE_S = 1.0  # for a process that has closed its streams
_LOOK_S = 0.2  # between two looks at whether to stop
_STREAM = "the file wrote into the checker's own stream"


class Limits(NamedTuple):
    """What an answer may take; `alone` as `stand_alone` says, in an empty folder and environment."""

    memory: int = 2 << 30  # bytes of address space
    alone: bool = False
    limit_s: float | None = None  # else the exercise's own
    hidden: tuple[str, ...] = ()  # folders that are not read, where `alone`


class Checked(NamedTuple):
    """How a file stands, and the end of what it printed."""

    verdict: Verdict
    printed: str = ""


def check_file(
    exercise: Loaded,
    file: Path,
    limits: Limits,
    seed: int = DEFAULT_SEED,
    stop: threading.Event | None = None,
) -> Checked:
    """Check a file in a process of its own; whatever it is or does becomes a verdict.

    ``stop`` ends the process when it is set, from another thread.
    """
    why = unreadable(file)
    if why:
        return Checked(Verdict(exercise.name, NOT_YET, "the file", why))
    with handed_in(exercise, file, limits, stop) as answer:
        verdict = check(exercise, answer, seed)
        return Checked(verdict, answer.printed())


def unreadable(file: Path) -> str | None:
    """Why a file cannot be read, or None."""
    if file.is_dir():
        return f"{file.name} is a folder"
    if not file.exists():
        return f"{file.name} does not exist"
    if not file.is_file():
        return f"{file.name} is no ordinary file"
    return None if os.access(file, os.R_OK) else f"{file.name} may not be read"


class ProcessAnswer:
    """What a file hands in, asked in another process; see `ladder.HandedIn`.

    ``apart`` tells after the first question whether namespaces hold the process (`apart.stand_apart`), and
    ``late`` whether its time ran out.
    """

    def __init__(
        self,
        exercise: Loaded,
        file: Path,
        limits: Limits,
        folder: Path,
        how: Start,
        stop: threading.Event | None,
    ) -> None:
        self._name = exercise.name
        self._limit_s = limits.limit_s or exercise.about.limit_s
        self._deadline: float | None = None  # from the first question on
        self._buffer = b""
        self.apart = self.late = False
        self._printed = folder / "printed.txt"
        self._stop = stop or threading.Event()
        order = {
            "file": str(file),
            "name": exercise.name,
            "text": str(exercise.folder),
            "alone": limits.alone,
            "hidden": limits.hidden,
            "memory": limits.memory * (4 if exercise.about.arrays == "mxnet" else 1),
            "file_size": _FILE_SIZE,
            "cpu_s": int(self._limit_s) + int(_STARTS_S),
            "core": 0,
            "alive_s": 2 * self._limit_s + _STARTS_S,
        }
        # In `folder` nothing of the student's is in the way of the standard library.
        task = Task(order, folder, environment_of(file.parent, limits.alone), exercise.about.arrays)
        with open(self._printed, "wb") as printed:
            self._process = how(task, printed.fileno())
        self._in, self._out = self._process.stdin, self._process.stdout
        os.set_blocking(self._in, False)

    def parameters(self) -> tuple[tuple[str, bool], ...]:
        """The parameters, each with whether it may be left out."""
        try:
            self.apart = self._read(time.monotonic() + _STARTS_S).get("apart") is True
        except AnswerError:
            if self._stop.is_set():
                raise
            said = (self.printed().splitlines() or ["it printed nothing"])[-1]
            raise ExerciseError(f"the check of {self._name} cannot start: {said}") from None
        found = self._read(time.monotonic() + self._limit_s).get("parameters")
        try:
            assert isinstance(found, list)
            return tuple((str(name), bool(optional)) for name, optional in found)
        except (AssertionError, TypeError, ValueError):
            raise AnswerError(_STREAM) from None

    def __call__(self, *arguments: object) -> object:
        """Ask for the value."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._limit_s
        question = json.dumps({"arguments": json.loads(wire.dumps(arguments))}) + "\n"
        self._send(question.encode(), self._deadline)
        answer = self._read(self._deadline)
        try:
            return wire.loads(json.dumps(answer.get("value")))
        except (ValueError, RecursionError):
            raise AnswerError(_STREAM) from None

    def printed(self) -> str:
        """What the file printed, the end of it."""
        text = self._printed.read_bytes()[-MAX_PRINTED:].decode("utf-8", "replace")
        return text.strip()

    def close(self) -> None:
        """End the process, with all that it started."""
        self._process.end(0.0)

    def _read(self, until: float) -> dict[str, object]:
        line = self._line(until)
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise AnswerError(_STREAM)
        if answer.get("to_do"):
            raise NotDone
        if "error" in answer:
            raise AnswerError(in_short(str(answer["error"])))
        return answer

    def _line(self, until: float) -> bytes:
        """The next line; AnswerError when the time is over or the process has ended."""
        parts, size = [self._buffer], len(self._buffer)
        while b"\n" not in parts[-1]:
            self._wait([self._out], [], until)
            parts.append(os.read(self._out, _BITE))
            if not parts[-1]:
                raise AnswerError(self._ended())
            size += len(parts[-1])
            if size > MAX_ANSWER:
                raise AnswerError(f"the value takes more than {MAX_ANSWER >> 20} MiB")
        line, _, self._buffer = b"".join(parts).partition(b"\n")
        return line

    def _send(self, question: bytes, until: float) -> None:
        """Write a question; AnswerError if anything was answered before it was asked, or nobody reads it."""
        if self._buffer:
            raise AnswerError(_STREAM)
        while question:
            readable, _ = self._wait([self._out], [self._in], until)
            if readable:
                raise AnswerError(_STREAM if os.read(self._out, _BITE) else self._ended())
            try:
                question = question[os.write(self._in, question) :]
            except BrokenPipeError:
                raise AnswerError(self._ended()) from None

    def _wait(self, read: list[int], write: list[int], until: float) -> tuple[list[int], list[int]]:
        """Wait until a stream is ready; AnswerError when the time is over or the check is stopped."""
        while not self._stop.is_set():
            left = until - time.monotonic()
            readable, writable, _ = select.select(read, write, [], max(0.0, min(left, _LOOK_S)))
            if readable or writable:
                return readable, writable
            if left <= 0.0:
                self.late = True
                raise AnswerError(f"no answer within {self._limit_s:g} s: is there an endless loop?")
        raise AnswerError("the check was stopped")

    def _ended(self) -> str:
        code = self._process.end(_GRACE_S)
        if code is None:
            return _STREAM  # it closed it, and goes on
        named = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"the file ended the program ({named})"


@contextlib.contextmanager
def handed_in(
    exercise: Loaded,
    file: Path,
    limits: Limits,
    stop: threading.Event | None = None,
    how: Start = start_plainly,
) -> Iterator[ProcessAnswer]:
    """Run the process while the block runs. If it stands alone, on a copy of the file in an empty folder.

    ``how`` starts the process: plainly, or from a server that has its imports done.
    """
    folder = Path(tempfile.mkdtemp(prefix="answer-"))
    try:
        file = file.resolve()
        if limits.alone:
            own = folder / "own"
            own.mkdir()
            file = Path(shutil.copyfile(file, own / file.name))
        answer = ProcessAnswer(exercise, file, limits, folder, how, stop)
        try:
            yield answer
        finally:
            answer.close()
    finally:
        with contextlib.suppress(RecursionError):  # folders in folders, by the thousand
            shutil.rmtree(folder, ignore_errors=True)
