"""Rows split into as many parts as MXNet's engine has workers, so that the parts' operators run side by side.

An operator keeps to one worker, and here to one thread; two workers otherwise overlap only as far as
neighbouring operators of a graph do not depend on each other. Parts must not write to views of one array: the
engine orders whatever touches the same memory.
"""

from __future__ import annotations

import os

from ..utils.types import Context

MIN_ROWS = 128  # of a part: with fewer the operators are too short to pay for a part of their own


def split_rows(num_rows: int, ctx: Context) -> list[tuple[int, int]]:
    """(begin, end) of each part of `num_rows` rows: one part or more, equally long but for one row."""
    workers = int(os.environ.get("MXNET_CPU_WORKER_NTHREADS", "1")) if ctx.device_type == "cpu" else 1
    count = max(1, min(workers, num_rows // MIN_ROWS))
    return [(num_rows * k // count, num_rows * (k + 1) // count) for k in range(count)]
