"""How glibc, the C library of most Linux systems, keeps the memory that MXNet and NumPy free.

By default each of MXNet's threads allocates from an arena of its own, whose free memory the other threads
cannot use: here they share one. Up to 128 MiB of freed memory are kept for the next step, and arrays of
64 MiB and more go back to the system at once. The environment overrides each of these, since glibc reads it
itself: MALLOC_ARENA_MAX, MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_. On other systems nothing is changed.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Callable

_SETTINGS = {  # glibc's number of each, and the value
    "MALLOC_ARENA_MAX": (-8, 1),
    "MALLOC_MMAP_THRESHOLD_": (-3, 64 << 20),
    "MALLOC_TRIM_THRESHOLD_": (-1, 128 << 20),
}


def configure_malloc() -> None:
    """Set what the environment does not; called before there are threads, so before MXNet is imported."""
    for name, (number, value) in _SETTINGS.items():
        if name not in os.environ:
            _c_function("mallopt")(number, value)


def trim_memory() -> None:
    """Return free memory between blocks that are in use to the system, which glibc does not do by itself."""
    _c_function("malloc_trim")(0)


def _c_function(name: str) -> Callable[..., int]:
    """A function of the C library, or one that does nothing where there is none of this name."""
    library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    function: Callable[..., int] = getattr(library, name, lambda *_: 0)
    return function
