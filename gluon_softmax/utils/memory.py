"""How Linux's usual C library keeps the memory that MXNet and NumPy give back; elsewhere nothing is changed.

By default each of MXNet's threads takes memory from a place of its own, where what it gave back is of no use
to the others: here they share one. What is given back stays at hand for the next step, up to 128 MiB, and
arrays of 64 MiB and more go straight back to the system. Each of these yields to the environment, which the C
library reads by itself: MALLOC_ARENA_MAX, MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

_SETTINGS = {  # the C library's number of each, and the value
    "MALLOC_ARENA_MAX": (-8, 1),
    "MALLOC_MMAP_THRESHOLD_": (-3, 64 << 20),
    "MALLOC_TRIM_THRESHOLD_": (-1, 128 << 20),
}


def set_memory() -> None:
    """To be called before there are threads: before MXNet is imported."""
    for name, (number, value) in _SETTINGS.items():
        if name not in os.environ:
            _c_function("mallopt")(number, value)


def give_back_memory() -> None:
    """What lies free between pieces that are in use goes back to the system; it does not by itself."""
    _c_function("malloc_trim")(0)


def _c_function(name: str) -> Any:
    library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    return getattr(library, name, lambda *_: 0)
