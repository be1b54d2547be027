"""SIGINT and SIGTERM ask training to stop where its state can be saved; a second SIGINT stops it at once."""

from __future__ import annotations

import contextlib
import signal
import threading
from types import FrameType
from typing import Iterator


class StopSignals:
    """``with stop.handled():`` until the block ends, ``stop.signum`` is the signal that came, or None."""

    def __init__(self) -> None:
        self.signum: int | None = None

    @contextlib.contextmanager
    def handled(self) -> Iterator[None]:
        """Take the signals; outside of the main thread, where Python allows no handlers, leave them."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self._handle) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before):
                signal.signal(number, handler)

    def _handle(self, signum: int, _: FrameType | None) -> None:
        if self.signum is not None and signum == signal.SIGINT:
            raise KeyboardInterrupt
        self.signum = signum
