"""Which files were saved since the last look: their state is asked for twice a second."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Tuple

PAUSE_S = 0.5  # between two looks
_SETTLES_S = 0.1  # an editor empties a file before it writes it
State = Optional[Tuple[int, int, int]]


def saved(files: Mapping[str, Path], sleep: Callable[[float], None] = time.sleep) -> Iterator[list[str]]:
    """Yield, for ever, the names whose files were saved since the last time; the first look is at the call.

    What is saved while the caller is busy with the names before is seen at the next look.
    """
    return _saved(files, {name: state(path) for name, path in files.items()}, sleep)


def _saved(
    files: Mapping[str, Path], before: dict[str, State], sleep: Callable[[float], None]
) -> Iterator[list[str]]:
    while True:
        sleep(PAUSE_S)
        now = {name: state(path) for name, path in files.items()}
        if now == before:
            continue
        settled = None
        while settled != now:
            settled = now
            sleep(_SETTLES_S)
            now = {name: state(path) for name, path in files.items()}
        changed = [name for name in files if now[name] != before[name]]
        before = now
        if changed:
            yield changed


def state(path: Path) -> State:
    """The time of a file's last change, its size and its place on the disk; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
