"""One process trains, saves, loads and asks many times: its memory and its open files stay what they are."""

from __future__ import annotations

import statistics
import time

from .child import run_child
from .settings import Settings
from .tally import Tally

NAME = "soak"
_MAX_GROWTH = 0.05  # of the memory after warm-up,
_MAX_GROWTH_MB = 20  # or this, whichever is more
_MAX_FILES = 2
_START_S = 25.0  # more than it takes to begin and to end, on a busy machine
_LONG_ROUNDS = 300
_MIN_ROUNDS = 12


def check(settings: Settings, deadline: float) -> Tally:
    """One case, which takes the time of the check; its first third is warm-up."""
    tally = Tally(NAME, planned=1)
    left = deadline - time.monotonic()
    is_timed = left != float("inf")
    seconds = max(10.0, left - 3) if is_timed else 3600.0
    rounds = _LONG_ROUNDS if settings.rounds is None else max(_MIN_ROUNDS, settings.rounds // 2)
    arguments = [str(rounds), str(seconds), str(settings.workspace(NAME, 0))]
    finished, reports = run_child("soak_child", arguments, seconds + _START_S)
    if finished.rc != 0 or len(reports) < _MIN_ROUNDS:
        problem = f"ended with {finished.rc} after {len(reports)} rounds: {finished.last_line}"
        if finished.rc == 0:
            tally.notes.append(f"only {len(reports)} rounds in {finished.seconds:.0f} s: too few to tell")
            return tally
        tally.add(0, [problem])
        return tally
    memory = [float(str(report["rss_mb"])) for report in reports]
    files = [int(str(report["files"])) for report in reports]
    third = len(reports) // 3
    before, after = statistics.median(memory[third : 2 * third]), statistics.median(memory[-third:])
    problems = []
    if after - before > max(_MAX_GROWTH_MB, _MAX_GROWTH * before):
        problems.append(f"memory grew from {before:.0f} to {after:.0f} MB in {2 * third} rounds")
    if max(files[-third:]) - max(files[third : 2 * third]) > _MAX_FILES:
        problems.append(f"open files grew from {max(files[third : 2 * third])} to {max(files[-third:])}")
    tally.add(0, problems)
    tally.notes.append(
        f"{len(reports):,} rounds; memory {before:.0f} MB in the second third, {after:.0f} MB in the last; "
        f"{files[-1]} open files"
    )
    return tally
