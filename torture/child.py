"""Checks that call the Python interface do so in a child process, which reports one JSON object per line."""

from __future__ import annotations

import json
from typing import Sequence

from .process import MAX_MEMORY, Finished, Process


def run_child(
    module: str, arguments: Sequence[str], timeout: float
) -> tuple[Finished, list[dict[str, object]]]:
    """Run ``python -m torture.MODULE`` with a limit on memory; how it ended, and what it reported."""
    import resource

    process = Process(arguments, f"torture.{module}")
    process.limit(resource.RLIMIT_AS, MAX_MEMORY)
    finished = process.finish(timeout)
    return finished, [json.loads(line) for line in finished.out.splitlines() if line.startswith("{")]
