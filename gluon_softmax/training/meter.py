"""The loss of an epoch so far, kept on the device until it is looked at.

Reading a loss waits until MXNet's engine has finished every step that was queued, so losses are collected and
read together once in a while. Queued steps take memory, so there is a bound on how many there may be.
"""

from __future__ import annotations

from typing import Callable

from ..utils.types import Array, StepResult

MAX_STEPS_AHEAD = 4  # steps that the host may queue before the engine has finished the first of them


def share_of_epoch(positions: int, expected_positions: float) -> float:
    """The share of an epoch, in [0, 1], that is over after so many of its positions."""
    return min(1.0, positions / max(1.0, expected_positions))


class LossMeter:
    """Running totals of the losses of an epoch, and the curve of all epochs.

    Parameters
    ----------
    expected_positions : how many positions an epoch has, about.
    look_every : steps between two looks at the loss.
    show : called at each look with the epoch (from 0), its positions and its mean loss so far, in nats.

    Attributes: ``curve``, a list of (epoch, mean loss since the last point), one point per look;
    ``positions`` of this epoch so far.
    """

    def __init__(
        self, expected_positions: float, look_every: int, show: Callable[[int, int, float], None]
    ) -> None:
        self.curve: list[tuple[float, float]] = []
        self._expected_positions = expected_positions
        self._look_every = look_every
        self._show = show
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Begin anew; the curve goes on."""
        self.positions = 0
        self._epoch = epoch
        self._total = 0.0  # sum of the losses that were looked at
        self._measured = 0  # positions whose loss was measured
        self._looked_at = 0  # of these, the ones in `_total`
        self._recent: list[list[Array]] = []  # losses on the device that were not looked at yet, per step

    def add(self, step: StepResult) -> None:
        """Take the losses of a step; wait for the step that is `MAX_STEPS_AHEAD` before it."""
        self._recent.append(step.losses)
        if len(self._recent) > MAX_STEPS_AHEAD:
            for loss in self._recent[-1 - MAX_STEPS_AHEAD]:
                loss.wait_to_read()
        self.positions += step.num_pairs
        self._measured += step.num_measured
        if len(self._recent) == self._look_every:
            self.look()

    def look(self) -> None:
        """Wait for the losses since the last look, add them to the total and to the curve, and show them."""
        loss = sum(float(part) for losses in self._recent for part in losses)
        self._total += loss
        new = self._measured - self._looked_at
        self._recent, self._looked_at = [], self._measured
        if new:
            share = share_of_epoch(self.positions, self._expected_positions)
            self.curve.append((self._epoch + share, loss / new))
            self._show(self._epoch, self.positions, self.mean)

    @property
    def mean(self) -> float:
        """The mean loss per position of this epoch, in nats, up to the last look."""
        return self._total / self._looked_at
