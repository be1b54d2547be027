"""One way to time: contestants take turns, and the first turns do not count.

Turns spread what the machine does besides over all contestants, so that the ratio within a turn is fair.
"""

from __future__ import annotations

import time
from typing import Callable, Iterable, Sequence, TypeVar

Figures = TypeVar("Figures")


def take_turns(
    contestants: Sequence[Callable[[int], Figures]], numbers: Iterable[int], warm_up: Iterable[int] = ()
) -> list[tuple[Figures, ...]]:
    """Call every contestant with the first number, then every one with the next; one tuple per number.

    The turns of `warm_up` come first and are left out of the result. A turn's number seeds its draws.
    """
    for number in warm_up:
        for contestant in contestants:
            contestant(number)
    return [tuple(contestant(number) for contestant in contestants) for number in numbers]


def seconds_of(work: Callable[[], object]) -> float:
    """Seconds that `work` takes; it returns when all that it started is done."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
