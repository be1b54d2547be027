"""Training that diverges ends with a sentence, before anything good is overwritten."""

from __future__ import annotations

import math
from typing import Callable

from ..utils.errors import TrainingDiverged

MAX_RISE = 10  # times the first loss: one that training falls from does not come back so high


class Divergence:
    """Raises TrainingDiverged for a loss that is not finite, or above `MAX_RISE` times the first one.

    `rate` gives the learning rate of the moment, for the message; `first_loss` is that of a run that goes on.
    """

    def __init__(self, rate: Callable[[], float], first_loss: float | None = None) -> None:
        self.first_loss = first_loss
        self._rate = rate

    def check(self, loss: float, where: str) -> None:
        """`loss` is a mean in nats; `where` says of what, as in "after step 50 of epoch 1"."""
        if math.isfinite(loss):
            if self.first_loss is None:
                self.first_loss = loss
            if loss <= MAX_RISE * max(self.first_loss, 1.0):
                return
        raise TrainingDiverged(
            f"training diverged: the loss is {loss:.4g} {where} with lr {self._rate():.3g}"
            f"{'' if self.first_loss is None else f', and began at {self.first_loss:.4g}'}; try a smaller lr"
        )
