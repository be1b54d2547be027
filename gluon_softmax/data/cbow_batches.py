"""CBOW batches: each centre with the context words that predict it."""

from __future__ import annotations

from typing import NamedTuple

import numpy

from .window_batches import WindowBatches
from .windows import Windows


class CBOWBatch(NamedTuple):
    """Each centre's context words, padded to L, and the centre they predict."""

    contexts: numpy.ndarray  # (B, L) int32
    mask: numpy.ndarray  # (B, L) float32, 0 for padding
    center: numpy.ndarray  # (B,) int32


class CBOWBatches(WindowBatches):
    """Batches ``(contexts (B, 2 W), mask (B, 2 W), center (B,))``; see `WindowBatches`."""

    def _arrange(self, windows: Windows, _epoch: int, _chunk: int) -> tuple[numpy.ndarray, ...]:
        return windows.contexts, windows.mask.astype(numpy.float32), windows.centers

    def _batch(self, *columns: numpy.ndarray) -> CBOWBatch:
        return CBOWBatch(*columns)
