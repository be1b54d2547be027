"""A stream that falls silent when nobody reads it any more, for work that goes on without its listener."""

from __future__ import annotations

import os
from typing import IO, Any


class Unheard:
    """Hands everything on to `stream` until a write fails for want of a reader, and nothing from then on.

    ``train ... | head -1`` reads one line and closes the pipe: training goes on, and the lines to come go
    nowhere. Other errors, such as a full disk, are raised.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`, or nothing if there is no reader."""
        try:
            self._stream.write(text)
        except BrokenPipeError:
            self._fall_silent()
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._fall_silent()

    def _fall_silent(self) -> None:
        """Let the descriptor lead nowhere, so that what is still buffered fails at no later flush either."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, self._stream.fileno())
        finally:
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
