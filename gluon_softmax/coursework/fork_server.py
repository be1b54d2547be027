"""A process that has done its imports, and forks once for each student's file: MXNet's take a second.

    python -m gluon_softmax.coursework.fork_server '{"socket": 5, "arrays": "numpy"}'

It knows no solution, since what it forks sees all that it knows. Each message is a JSON object: with a
``task`` (and three descriptors) it forks, with ``seconds`` it waits so long for the end, kills all that the
file started, and answers with the exit code. Nothing that a file starts outlives that: this process adopts
orphans, and looks for them until none is left.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Iterator, Mapping, NoReturn, Sequence

from . import apart

MAX_MESSAGE = 1 << 20
NUM_FDS = 3
_PAUSE_S = 0.001
_GRACE_S = 0.02  # after which what still lives is looked for in /proc
_SWEEP_S = 20.0


def main(argv: Sequence[str] | None = None) -> None:
    """Import, then fork for each task until the other side closes the socket."""
    (line,) = sys.argv[1:] if argv is None else argv
    setting = json.loads(line)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when its socket does
    apart.die_with_parent()
    apart.adopt_orphans()
    apart.take_own_user()
    if setting["arrays"] == "mxnet":
        from .. import backend  # noqa: F401
    from . import student  # noqa: F401

    gc.freeze()  # so that a fork's collector leaves these pages shared
    with socket.socket(fileno=setting["socket"]) as control:
        serve(control)


def serve(control: socket.socket) -> None:
    """Answer messages until there are no more; at the end nothing that was forked is left."""
    pid = 0
    try:
        control.send(b"{}")  # ready
        while True:
            message, fds = receive(control)
            if message is None:
                return
            if "task" in message:
                pid = fork(control, message, fds)
                control.send(b"{}")
            else:
                control.send(json.dumps({"code": end(pid, float(str(message["seconds"])))}).encode())
            for fd in fds:
                os.close(fd)
    finally:
        end(pid, 0.0)


def receive(control: socket.socket) -> tuple[dict[str, object] | None, list[int]]:
    """One message with its descriptors; None when the other side is gone."""
    fds = array.array("i")
    content, extra, _, _ = control.recvmsg(MAX_MESSAGE, socket.CMSG_SPACE(NUM_FDS * fds.itemsize))
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return (json.loads(content) if content else None), list(fds)


def send_task(control: socket.socket, message: Mapping[str, object], fds: Sequence[int]) -> None:
    """Send a message with descriptors."""
    extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
    control.sendmsg([json.dumps(message).encode()], extra)


def fork(control: socket.socket, message: Mapping[str, object], fds: Sequence[int]) -> int:
    """Start a process for a task; its standard streams are the descriptors."""
    pid = os.fork()
    if pid:
        return pid
    _be_student(control, message, fds)


def _be_student(control: socket.socket, message: Mapping[str, object], fds: Sequence[int]) -> NoReturn:
    code = 1
    try:
        from . import student

        signal.signal(signal.SIGINT, signal.SIG_DFL)
        apart.die_with_parent()
        os.setsid()
        control.close()
        for target, fd in enumerate(fds):
            os.dup2(fd, target)
            os.close(fd)
        environment, folder = message["environment"], message["folder"]
        assert isinstance(environment, dict) and isinstance(folder, str)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        student.main([json.dumps(message["task"])])
        code = 0
    except BaseException:  # it is written where the file prints
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def end(pid: int, seconds: float) -> int | None:
    """Wait for a process so long, then kill it and its descendants; its exit code, None if it was killed."""
    code = _wait(pid, seconds) if pid else 0
    if code is None:
        for kill in (os.killpg, os.kill):  # it may not have made its group yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        _wait(pid, _SWEEP_S)
    sweep()
    return code


def _wait(pid: int, seconds: float) -> int | None:
    until = time.monotonic() + seconds
    while True:
        try:
            found, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            return 0
        if found:
            return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if time.monotonic() >= until:
            return None
        time.sleep(_PAUSE_S)


def sweep() -> None:
    """Kill descendants until there is no child: whose parent ended is a child of this process."""
    begun = time.monotonic()
    while time.monotonic() < begun + _SWEEP_S:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        if time.monotonic() > begun + _GRACE_S:
            for pid in descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE_S)


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process has started, and those that they have."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int(path.read_bytes().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return iter(found[1:])


if __name__ == "__main__":
    main()
