"""Rows cut into as many parts as MXNet's engine has workers, so that the parts' operators run side by side.

An operator keeps to one worker, and here to one thread; two workers otherwise overlap only as far as what
stands next to each other in a graph does not depend on each other. Parts must not write to views of one
array: the engine orders whatever touches the same memory.
"""

from __future__ import annotations

import os
from typing import Any

LEAST_ROWS = 128  # with fewer in a part, the operators are too short to be worth handing out


def lanes(size: int, ctx: Any) -> list[tuple[int, int]]:
    """(begin, end) of each part of `size` rows, at least one, all but equally long."""
    workers = int(os.environ.get("MXNET_CPU_WORKER_NTHREADS", "1")) if ctx.device_type == "cpu" else 1
    count = max(1, min(workers, size // LEAST_ROWS))
    return [(size * k // count, size * (k + 1) // count) for k in range(count)]
