"""Namespaces of Linux for a student's file: no network, no other processes, other files fixed or unseen.

They hold off what calls the C library too, and when the first process ends, the system ends all that it
started. Not every system permits them: there Python's audit hooks (`alone`) are all that holds a file off.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
import sys
from pathlib import Path
from typing import Callable, Iterable, Sequence

# From linux/sched.h, linux/mount.h, linux/prctl.h and linux/capability.h.
_NEW_USER, _NEW_MOUNTS, _NEW_PIDS, _NEW_NETWORK, _NEW_IPC = (
    0x10000000,
    0x00020000,
    0x20000000,
    0x40000000,
    0x08000000,
)
_MS_NOSUID, _MS_NODEV, _MS_REC, _MS_PRIVATE = 2, 4, 1 << 14, 1 << 18
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _RDONLY = 442, -100, 0x8000, 1
_PDEATHSIG, _CAPBSET_DROP, _SUBREAPER, _NO_NEW_PRIVS = 1, 24, 36, 38
_CAPABILITIES_V3 = 0x20080522
_LAST_CAPABILITY = 63
_FOLDER_SIZE = "64m"

_own_user = False  # whether this process is in a user namespace of its own


def is_linux() -> bool:
    """Whether there is anything here that this system knows."""
    return sys.platform.startswith("linux")


def die_with_parent(signum: int = signal.SIGKILL) -> None:
    """Ask for a signal to this process when the one that started it ends."""
    _prctl(_PDEATHSIG, signum)


def adopt_orphans() -> None:
    """Become the parent of the descendants whose own parent ends, so that none is lost sight of."""
    _prctl(_SUBREAPER, 1)


def take_own_user() -> bool:
    """Enter a user, a network and an IPC namespace, before any thread begins; False where not permitted."""
    global _own_user
    if _own_user or not is_linux():
        return _own_user
    uid, gid = os.getuid(), os.getgid()
    if _call("unshare", _NEW_USER | _NEW_NETWORK | _NEW_IPC):
        with contextlib.suppress(OSError):
            for file, line in (
                ("setgroups", "deny"),
                ("uid_map", f"{uid} {uid} 1"),
                ("gid_map", f"{gid} {gid} 1"),
            ):
                Path("/proc/self", file).write_text(line, encoding="ascii")
        _own_user = True
    return _own_user


def stand_apart(folder: Path, hidden: Iterable[str]) -> bool:
    """Go on in a new process that sees no other, and changes files in `folder` alone.

    What is in `folder` is copied to a file system in memory that takes its place; the folders `hidden` are
    empty. The process that calls this waits for the new one and ends as it does. False, and nothing new,
    where the system does not permit it.
    """
    if not take_own_user() or not _call("unshare", _NEW_MOUNTS | _NEW_PIDS):
        return False
    pid = os.fork()
    if pid:
        _end_like(pid)
    die_with_parent()
    done = _fix_files(folder, hidden)
    os.chdir(folder)  # which is another one now
    _drop_capabilities()
    return done


def _fix_files(folder: Path, hidden: Iterable[str]) -> bool:
    """Hide folders, then make all but `folder` read-only."""
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE, None)
    done = all([_mount("tmpfs", path, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4k") for path in hidden])
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done &= _mount("tmpfs", str(folder), "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={_FOLDER_SIZE},mode=700")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done &= _set_mount("/", _AT_RECURSIVE, to_set=_RDONLY, to_clear=0)
    return done and _set_mount(str(folder), 0, to_set=0, to_clear=_RDONLY)


def _drop_capabilities() -> None:
    """Give up what the namespace's first process may, so that no mount can be undone."""
    _prctl(_NO_NEW_PRIVS, 1)
    for capability in range(_LAST_CAPABILITY + 1):
        _prctl(_CAPBSET_DROP, capability)
    _call("capset", struct.pack("Ii", _CAPABILITIES_V3, 0), bytes(24))


def _end_like(pid: int) -> None:
    """Wait for a process and end with its exit code or by its signal; this does not return."""
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None) -> bool:
    names: Sequence[bytes | None] = [
        None if text is None else os.fsencode(text) for text in (source, target, kind)
    ]
    return _call("mount", *names, ctypes.c_ulong(flags), None if data is None else data.encode())


def _set_mount(path: str, flags: int, to_set: int, to_clear: int) -> bool:
    """Call mount_setattr, which the C library has only since glibc 2.36, and Linux since 5.12."""
    attributes = struct.pack("QQQQ", to_set, to_clear, 0, 0)
    number = ctypes.c_long(_MOUNT_SETATTR)
    size = ctypes.c_size_t(len(attributes))
    return _call("syscall", number, _AT_FDCWD, os.fsencode(path), ctypes.c_uint(flags), attributes, size)


def _prctl(option: int, value: int) -> bool:
    return _call(
        "prctl", option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)
    )


def _call(name: str, *arguments: object) -> bool:
    """Call a function of the C library by name and tell whether it gave 0; False where there is none."""
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None) if is_linux() else None
    return function is not None and function(*arguments) == 0
