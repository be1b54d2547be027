"""How the process of a student's file begins and ends: plainly, or forked where the imports are done."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Callable, Mapping, NamedTuple, Protocol

from . import apart
from .fork_server import MAX_MESSAGE, send_task, sweep

_ROOT = Path(__file__).resolve().parents[2]
# MXNet's other engine begins threads again after each fork, and a process that will fork into a namespace of
# processes may begin none.
_ENGINE = {"MXNET_ENGINE_TYPE": "NaiveEngine"}
_SERVER_STARTS_S = 120.0
_SERVER_ANSWERS_S = 60.0


class Task(NamedTuple):
    """What a process is to do: what `student` takes, where, in which environment, with which arrays."""

    order: Mapping[str, object]
    folder: Path
    environment: Mapping[str, str]
    arrays: str  # "numpy" or "mxnet"


class Running(Protocol):
    """A process that was started, with the descriptors of its standard streams on this side."""

    stdin: int
    stdout: int

    def end(self, seconds: float) -> int | None:
        """Wait so long, then kill it with all that it started.

        Its exit code, negative for a signal; None if it had to be killed.
        """


Start = Callable[[Task, int], Running]  # of a task and a descriptor for what the file prints


class PlainProcess:
    """A process of this one, in a session of its own."""

    def __init__(self, task: Task, printed: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gluon_softmax.coursework.student", json.dumps(task.order)],
            cwd=task.folder,
            env=task.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.stdin, self.stdout = self._process.stdin.fileno(), self._process.stdout.fileno()

    def end(self, seconds: float) -> int | None:
        """Wait so long, then kill the session."""
        code: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        self._process.wait()
        return code


def start_plainly(task: Task, printed: int) -> Running:
    """Start a process that does its imports itself."""
    return PlainProcess(task, printed)


class ForkServer:
    """The side that asks a `fork_server`; one file at a time, and a context manager."""

    def __init__(self, arrays: str) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        setting = json.dumps({"socket": other.fileno(), "arrays": arrays})
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gluon_softmax.coursework.fork_server", setting],
            env={**environment_of(Path("/"), alone=True), **_ENGINE},
            stdin=subprocess.DEVNULL,
            stdout=2,
            pass_fds=[other.fileno()],
            start_new_session=True,
        )
        other.close()
        self._answer(_SERVER_STARTS_S)

    def start(self, task: Task, printed: int) -> Running:
        """Have a process forked."""
        (their_in, our_in), (our_out, their_out) = os.pipe(), os.pipe()
        message = {"task": task.order, "folder": str(task.folder), "environment": dict(task.environment)}
        try:
            send_task(self._socket, message, (their_in, their_out, printed))
            self._answer(_SERVER_ANSWERS_S)
        except BaseException:
            os.close(our_in)
            os.close(our_out)
            raise
        finally:
            os.close(their_in)
            os.close(their_out)
        return ForkedProcess(self, our_in, our_out)

    def end(self, seconds: float) -> int | None:
        """Wait so long for the file's process, then have it killed; its exit code as `Running.end` has it."""
        self._socket.send(json.dumps({"seconds": seconds}).encode())
        code = self._answer(_SERVER_ANSWERS_S)["code"]
        return None if code is None else int(str(code))

    def close(self) -> None:
        """Have the server end, and what it started."""
        self._socket.close()
        try:
            self._process.wait(_SERVER_ANSWERS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self, seconds: float) -> dict[str, object]:
        self._socket.settimeout(seconds)
        content = self._socket.recv(MAX_MESSAGE)
        if not content:
            raise ConnectionResetError("the server that starts the files' processes has ended")
        answer = json.loads(content)
        assert isinstance(answer, dict)
        return answer


class ForkedProcess:
    """A process that a server has forked."""

    def __init__(self, server: ForkServer, stdin: int, stdout: int) -> None:
        self._server, self.stdin, self.stdout = server, stdin, stdout
        self._is_over = False
        self._code: int | None = None

    def end(self, seconds: float) -> int | None:
        """Wait so long, then have it killed with all its descendants."""
        if not self._is_over:
            self._is_over = True
            os.close(self.stdin)
            os.close(self.stdout)
            try:
                self._code = self._server.end(seconds)
            except OSError:  # the file has ended the server; `ForkServers` begins another
                self._code = None
        return self._code


class ForkServers:
    """A server for each kind of arrays, begun when first needed and anew when it was lost.

    Where this process `adopts` (`apart.adopt_orphans`), what a lost server left is looked for and killed; no
    other child of this process may be alive then.
    """

    def __init__(self, adopts: bool = False) -> None:
        self._servers: dict[str, ForkServer] = {}
        self._adopts = adopts

    def start(self, task: Task, printed: int) -> Running:
        """Start a process for a task."""
        if not apart.is_linux():
            return start_plainly(task, printed)
        try:
            return self._server(task.arrays).start(task, printed)
        except OSError:  # a file before has ended it
            self.close()
            return self._server(task.arrays).start(task, printed)

    def close(self) -> None:
        """End the servers."""
        while self._servers:
            self._servers.popitem()[1].close()
        if self._adopts:
            sweep()

    def _server(self, arrays: str) -> ForkServer:
        if arrays not in self._servers:
            self._servers[arrays] = ForkServer(arrays)
        return self._servers[arrays]


def environment_of(folder: Path, alone: bool) -> dict[str, str]:
    """The environment of a file's process; if `alone`, with nothing in it but what Python needs."""
    kept = {} if alone else dict(os.environ)
    for name in ("PATH", "LANG", "LD_LIBRARY_PATH"):
        if name in os.environ:
            kept[name] = os.environ[name]
    path = os.pathsep.join(
        [str(_ROOT), *([os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else [])]
    )
    own = {"HOME": str(folder), "TMPDIR": str(folder)} if alone else {}  # which alone can be written
    return {
        "HOME": str(folder),
        **kept,
        **own,
        "PYTHONPATH": path,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
