"""What a model is worth on text that it was not trained on."""

from __future__ import annotations

import math
from typing import Any, Iterable

from ..backend.device import as_contexts
from .carried_state import CarriedState
from .data_parallel import to_device


def held_out_loss(net: Any, batches: Any, device: Any = None) -> float:
    """Mean loss in nats over all positions of `batches`, outside of training mode; NaN if there is no
    position.

    `batches` is an iterable of batches, or an object with ``epoch(0)``, which gives the same batches at every
    call. A net with a state begins at zero and carries it from batch to batch.
    """
    contexts = as_contexts(device)
    epoch: Iterable[Any] = batches.epoch(0) if hasattr(batches, "epoch") else batches
    total, positions = 0.0, 0
    carried = CarriedState(net)
    for batch in epoch:
        losses = carried(to_device(batch, contexts))
        total += sum(float(loss.sum()) for loss in losses)
        positions += sum(loss.size for loss in losses)
    return total / positions if positions else math.nan


def to_perplexity(loss: float) -> float:
    """exp(loss): a mean of -log p(word) in nats as the number of words that the model hesitates between."""
    return math.inf if loss > 700 else math.exp(loss)


def perplexity(net: Any, batches: Any, device: Any = None) -> float:
    """exp of the mean of -log p(word) over all words of `batches`, for a `LanguageModel` over any layer.

    Over `LanguageModelBatches` of a split that drop no remainder it is that of every word of the split.
    """
    return to_perplexity(held_out_loss(net, batches, device))


def loss_figures(net: Any, batches: Any, device: Any = None) -> dict[str, float]:
    """``{"loss": held_out_loss}``."""
    return {"loss": held_out_loss(net, batches, device)}


def perplexity_figures(net: Any, batches: Any, device: Any = None) -> dict[str, float]:
    """``{"loss": held_out_loss, "perplexity": its exp}``, from one pass."""
    loss = held_out_loss(net, batches, device)
    return {"loss": loss, "perplexity": to_perplexity(loss)}
