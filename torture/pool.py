"""Cases are run two at a time, in order, until all are done or the time of their check is up."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Callable, Sequence

from .process import OutOfTimeError
from .settings import Settings
from .tally import Tally

NUM_WORKERS = 2


def run_cases(
    settings: Settings,
    name: str,
    cases: Sequence[int],
    run_case: Callable[[int], list[str]],
    deadline: float,
    num_workers: int = NUM_WORKERS,
) -> Tally:
    """Run the cases and count them. ``run_case(case)`` returns the problems of a case.

    No case begins that would, at the mean duration of those before, end after `deadline` (of
    ``time.monotonic``); the first two begin in any event. The folder of a case that survived is removed.
    """
    tally = Tally(name, planned=len(cases))
    durations: list[float] = []
    pending: dict[Future[list[str]], tuple[int, float]] = {}
    left = list(cases)
    with ThreadPoolExecutor(num_workers) as pool:
        while left or pending:
            now = time.monotonic()
            mean = sum(durations) / len(durations) if durations else 0.0
            if left and tally.tried + len(pending) >= num_workers and now + mean > deadline:
                left = []
            while left and len(pending) < num_workers:
                case = left.pop(0)
                pending[pool.submit(run_case, case)] = (case, time.monotonic())
            for future in wait(pending, return_when=FIRST_COMPLETED).done if pending else ():
                case, begun = pending.pop(future)
                durations.append(time.monotonic() - begun)
                error = future.exception()
                if isinstance(error, OutOfTimeError):
                    left = []
                    continue
                tally.add(case, [f"{type(error).__name__}: {error}"] if error else future.result())
                if not tally.lost or tally.lost[-1][0] != case:
                    shutil.rmtree(settings.folder / f"{name}-{case}", ignore_errors=True)
    return tally
