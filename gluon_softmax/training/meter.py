"""The loss of an epoch so far, kept on the device until it is looked at.

Reading a loss waits until MXNet's engine has finished every step that was queued, so losses are collected and
read together once in a while. Queued steps take memory, so there is a bound on how many there may be.
"""

from __future__ import annotations

import math
from typing import Callable, Sequence

from ..utils.types import StepResult
from .divergence import Divergence

MAX_STEPS_AHEAD = 4  # steps that the host may queue before the engine has finished the first of them


def share_of_epoch(positions: int, expected_positions: float) -> float:
    """The share of an epoch, in [0, 1], that is over after so many positions; 0 where NaN are expected."""
    if math.isnan(expected_positions):
        return 0.0
    return min(1.0, positions / max(1.0, expected_positions))


class LossMeter:
    """Running totals of the losses of an epoch, and the curve of all epochs.

    Parameters
    ----------
    expected_positions : how many positions an epoch has, about.
    look_every : steps between two looks at the loss.
    show : called at each look with the epoch (from 0), its positions and its mean loss so far, in nats.
    divergence : checks the mean loss since the last look, and the first loss of all.
    curve : what was there of it before, if training goes on.

    Attributes: ``curve``, a list of (epoch, mean loss since the last point), one point per look;
    ``positions`` and ``steps`` of this epoch so far; ``measured``, the positions whose loss is in ``total``,
    the sum of the losses up to the last look. The sum is taken loss by loss, so that it does not depend on
    when one looks.
    """

    def __init__(
        self,
        expected_positions: float,
        look_every: int,
        show: Callable[[int, int, float], None],
        divergence: Divergence,
        curve: Sequence[tuple[float, float]] = (),
    ) -> None:
        self.curve = list(curve)
        self._expected_positions = expected_positions
        self._look_every = look_every
        self._show = show
        self._divergence = divergence
        self.start_epoch(0)

    def start_epoch(self, epoch: int, positions: int = 0, measured: int = 0, total: float = 0.0) -> None:
        """Begin anew, or in the middle of an epoch; the curve goes on."""
        self.positions, self.measured, self.total = positions, measured, total
        self.steps = 0
        self._epoch = epoch
        self._recent: list[StepResult] = []  # whose losses, on the device, were not looked at yet

    def add(self, step: StepResult) -> None:
        """Take the losses of a step; wait for the step that is `MAX_STEPS_AHEAD` before it."""
        self._recent.append(step)
        if len(self._recent) > MAX_STEPS_AHEAD:
            for loss in self._recent[-1 - MAX_STEPS_AHEAD].losses:
                loss.wait_to_read()
        self.positions += step.num_pairs
        self.steps += 1
        if len(self._recent) == self._look_every:
            self.look()

    def look(self) -> None:
        """Wait for the losses since the last look, add them to the total and to the curve, and show them.

        Raises TrainingDiverged, see `Divergence`.
        """
        before = self.measured, self.total
        for step in self._recent:
            loss = sum(float(part) for part in step.losses)
            self.measured, self.total = self.measured + step.num_measured, self.total + loss
            if step.num_measured and self._divergence.first_loss is None:
                self._divergence.check(
                    loss / step.num_measured, f"in the first step of epoch {self._epoch + 1}"
                )
        self._recent = []
        new = self.measured - before[0]
        if new:
            mean = (self.total - before[1]) / new
            self._divergence.check(mean, f"after step {self.steps} of epoch {self._epoch + 1}")
            share = share_of_epoch(self.positions, self._expected_positions)
            self.curve.append((self._epoch + share, mean))
            self._show(self._epoch, self.positions, self.mean)

    @property
    def mean(self) -> float:
        """The mean loss per position of this epoch, in nats, up to the last look."""
        return self.total / self.measured
