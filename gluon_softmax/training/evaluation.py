"""How well a net predicts text that it was not trained on."""

from __future__ import annotations

import math
from typing import Any, Callable, Iterator

import numpy

from ..backend import gluon
from ..backend.device import as_contexts
from ..utils.object_checks import check_callable
from ..utils.types import Array, Contexts, Figures
from .carried_state import CarriedState
from .data_parallel import to_device
from .iterable_batches import AnyBatches, as_batches

HeldOut = AnyBatches  # what a net is evaluated on
Evaluate = Callable[[Any, Any, Contexts], Figures]  # of a net and of batches of its kind


def held_out_loss(net: gluon.Block, batches: HeldOut, device: Contexts = None) -> float:
    """Mean loss in nats over all positions of `batches`, outside of training mode; NaN if there are none.

    `batches` is an iterable of batches, or an object with ``epoch(0)``, which gives the same batches at every
    call. The state of a recurrent net is zero at first and carried from batch to batch.
    """
    contexts = as_contexts(device)
    check_callable("net", net, "a net such as a Gluon block")
    total, positions = 0.0, 0
    carried = CarriedState(net)
    for batch in as_batches(batches).epoch(0):
        losses = carried(to_device(batch, contexts))
        total += sum(_sum(loss) for loss in losses)
        positions += sum(loss.size for loss in losses)
    return total / positions if positions else math.nan


def _sum(loss: Array) -> float:
    """The sum of losses: MXNet's own of an array that holds an infinity is NaN."""
    total = float(loss.sum())
    return float(loss.asnumpy().sum(dtype=numpy.float64)) if math.isnan(total) else total


def has_positions(batches: HeldOut) -> bool:
    """Whether there is a position to evaluate on; a loss over none is NaN and no sign of divergence."""
    if isinstance(batches, Iterator):
        return True  # to ask would take the first batch
    return next(iter(as_batches(batches).epoch(0)), None) is not None


def to_perplexity(loss: float) -> float:
    """The exponential of a mean of -log p(word) in nats; infinite above 700 nats, where floats overflow."""
    return math.inf if loss > 700 else math.exp(loss)


def perplexity(net: gluon.Block, batches: HeldOut, device: Contexts = None) -> float:
    """The exponential of the mean of -log p(word) over `batches`, for a `LanguageModel` over any layer.

    Over `LanguageModelBatches` of a split that drop no remainder it is that of every word of the split. Of a
    `SkipGram` or a `CBOW` over a layer whose loss is a cross-entropy it is the perplexity of a word given
    what is near it. Raises TypeError where the loss is another (negative sampling, NCE).
    """
    _check_cross_entropy(net)
    return to_perplexity(held_out_loss(net, batches, device))


def loss_figures(net: gluon.Block, batches: HeldOut, device: Contexts = None) -> dict[str, float]:
    """``{"loss": held_out_loss}``."""
    return {"loss": held_out_loss(net, batches, device)}


def perplexity_figures(net: gluon.Block, batches: HeldOut, device: Contexts = None) -> dict[str, float]:
    """``{"loss": held_out_loss, "perplexity": its exp}``, from one pass; raises as `perplexity` does."""
    _check_cross_entropy(net)
    loss = held_out_loss(net, batches, device)
    return {"loss": loss, "perplexity": to_perplexity(loss)}


def _check_cross_entropy(net: Any) -> None:
    check_callable("net", net, "a net such as a Gluon block")
    if not getattr(net, "loss_is_cross_entropy", True):
        raise TypeError(
            "perplexity takes a net whose held-out loss is -log p(word); got a "
            f"{type(net).__name__} over {type(net.output_layer).__name__}, whose loss is a sum of logistic "
            "losses (net.output_layer.log_prob gives its probabilities)"
        )
