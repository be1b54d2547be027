"""What a student's code may not touch: the solutions and, for marks, anything outside its own folder.

Python's audit hooks see files, processes and connections as Python opens them. They hold off what a careless
or curious file does, not an attacker who calls the C library: for code that nobody trusts take a container.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterable

_HIDDEN = ("solution", "mistakes")  # as source, and as Python compiles them
_PROCESSES = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.kill",
    "os.killpg",
    "pty.spawn",
    "sqlite3.connect",  # writes files by itself
    "ctypes.dlopen",  # so does the C library
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.chown",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "shutil.rmtree",
    "shutil.move",
)
_LISTS = ("os.listdir", "os.scandir")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def stand_alone(exercises: Path, folder: Path | None, others: Iterable[str] = ()) -> None:
    """From here on hide the solutions below `exercises`; with a `folder` allow changes in it alone.

    With a folder, processes and connections raise PermissionError too. The folders `others` are hidden whole.
    """
    hidden = os.path.realpath(exercises) + os.sep
    unseen = tuple(os.path.realpath(other) + os.sep for other in others)
    own = None if folder is None else os.path.realpath(folder) + os.sep

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and _is_path(arguments[0]):
            path = _real(arguments[0])
            if path.startswith(hidden) and os.path.basename(path).partition(".")[0] in _HIDDEN:
                raise PermissionError(
                    "a solution is shown by `gluon-softmax exercise solution`, once it passed"
                )
            if path.startswith(unseen):
                raise PermissionError("the work of others is not read")
            if (
                own
                and isinstance(arguments[2], int)
                and arguments[2] & _WRITING
                and not _may_write(path, own)
            ):
                raise PermissionError("files are written in the own folder alone")
        elif own and event in _PROCESSES:
            raise PermissionError("no other process may be started or stopped")
        elif event in _LISTS and _is_path(arguments[0]) and (_real(arguments[0]) + os.sep).startswith(unseen):
            raise PermissionError("the work of others is not read")
        elif own and event.startswith("socket.") and event != "socket.gethostname":
            raise PermissionError("there is no network")
        elif own and event in _CHANGES and not _are_inside(arguments, own):
            raise PermissionError("files are changed in the own folder alone")

    sys.addaudithook(hook)


def _may_write(path: str, own: str) -> bool:
    return path.startswith(own) or path == os.devnull


def _are_inside(arguments: tuple[object, ...], own: str) -> bool:
    return all((_real(path) + os.sep).startswith(own) for path in arguments if _is_path(path))


def _is_path(value: object) -> bool:
    return isinstance(value, (str, bytes, os.PathLike))


def _real(path: object) -> str:
    assert isinstance(path, (str, bytes, os.PathLike))
    return os.path.realpath(os.fsdecode(path))
