"""What a model is worth on text that it was not trained on."""

from __future__ import annotations

import math
from typing import Any, Iterable

from .device import as_contexts
from .sharding import to_device


def held_out_loss(net: Any, batches: Any, device: Any = None) -> float:
    """Mean loss in nats over all positions of `batches`, outside of training mode; NaN if there is no
    position.

    `batches` is an iterable of batches, or an object with ``epoch(0)``, which gives the same batches at every
    call.
    """
    contexts = as_contexts(device)
    epoch: Iterable[Any] = batches.epoch(0) if hasattr(batches, "epoch") else batches
    total, positions = 0.0, 0
    for batch in epoch:
        losses = [net(*shard) for shard in to_device(batch, contexts)]
        total += sum(float(loss.sum()) for loss in losses)
        positions += sum(loss.size for loss in losses)
    return total / positions if positions else math.nan
