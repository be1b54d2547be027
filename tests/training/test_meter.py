"""The meter of the loss: each loss counts once, however rarely it is looked at."""

from __future__ import annotations

from typing import Any, List, Tuple

import numpy
import pytest
from oracles.small_training import Fixed, Rows, quiet

from gluon_softmax.backend import mx, np
from gluon_softmax.training import loop
from gluon_softmax.training.divergence import Divergence
from gluon_softmax.training.meter import MAX_STEPS_AHEAD, LossMeter, share_of_epoch
from gluon_softmax.utils.types import StepResult

Shown = List[Tuple[int, int, float]]


def make(look_every: int, expected_positions: float = 100.0) -> tuple[LossMeter, Shown]:
    """A meter, and what it shows: epoch, positions, mean loss."""
    shown: Shown = []
    divergence = Divergence(lambda: 0.5)
    return LossMeter(
        expected_positions, look_every, lambda *figures: shown.append(figures), divergence
    ), shown


def step(*losses: float, num_measured: int = 10, num_pairs: int = 10) -> StepResult:
    return StepResult([np.array(loss) for loss in losses], num_measured, num_pairs)


class Queued:
    """A loss on the device that says which step was waited for."""

    def __init__(self, step: int, waits: list[int]) -> None:
        self.step, self.waits = step, waits

    def wait_to_read(self) -> None:
        self.waits.append(self.step)

    def __float__(self) -> float:
        return 1.0


def test_the_share_of_an_epoch() -> None:
    assert [share_of_epoch(positions, 8.0) for positions in (0, 2, 8, 9)] == [0.0, 0.25, 1.0, 1.0]
    assert share_of_epoch(0, 0.0) == 0.0 and share_of_epoch(3, 0.5) == 1.0  # next to nothing is expected


def test_a_look_is_taken_every_few_steps_and_at_the_end() -> None:
    meter, shown = make(2)
    for loss in (10.0, 30.0, 20.0, 60.0, 5.0):
        meter.add(step(loss))
    assert shown == [(0, 20, 2.0), (0, 40, 3.0)] and meter.mean == 3.0 and meter.positions == 50
    meter.look()
    assert shown[2:] == [(0, 50, 2.5)] and meter.mean == 2.5
    assert meter.curve == [(0.2, 2.0), (0.4, 4.0), (0.5, 0.5)]
    meter.look()  # nothing is new
    assert len(shown) == len(meter.curve) == 3 and meter.mean == 2.5


def test_the_next_epoch_begins_anew_and_the_curve_goes_on() -> None:
    meter, shown = make(1, 10.0)
    meter.start_epoch(3)
    meter.add(step(10.0))
    meter.start_epoch(4)
    assert meter.positions == 0
    meter.add(step(40.0))
    meter.look()
    assert meter.curve == [(4.0, 1.0), (5.0, 4.0)] and shown == [(3, 10, 1.0), (4, 10, 4.0)]
    assert meter.mean == 4.0


def test_the_losses_of_an_epoch_that_was_interrupted_are_forgotten() -> None:
    meter, _ = make(5)
    meter.add(step(1e6))
    meter.start_epoch(1)
    meter.add(step(10.0))
    meter.look()
    assert meter.mean == 1.0 and meter.curve == [(1.1, 1.0)]


def test_losses_of_several_contexts_are_summed() -> None:
    meter, _ = make(2)
    meter.add(step(10.0, 20.0))
    meter.add(step(30.0))  # a small batch on one context
    assert meter.mean == 3.0


def test_the_mean_is_over_the_positions_that_were_measured() -> None:
    """Steps in place measure the loss of some pairs only, and may measure before they step."""
    meter, shown = make(2)
    meter.add(step(8.0, num_measured=4, num_pairs=0))
    meter.add(step(num_measured=0, num_pairs=30))
    meter.add(step(num_measured=0, num_pairs=30))
    meter.add(step(num_measured=0, num_pairs=30))
    assert meter.positions == 90 and meter.mean == 2.0
    assert shown == [(0, 30, 2.0)] and meter.curve == [(0.3, 2.0)]  # a look without a new loss shows nothing


@pytest.mark.parametrize("look_every", [3, 7, 50])
def test_the_host_is_a_few_steps_ahead_at_most(look_every: int) -> None:
    meter, _ = make(look_every)
    waits: list[int] = []
    queued = 0  # since the last look, which waits for all of them
    for k in range(40):
        losses: Any = [Queued(k, waits), Queued(k, waits)]
        waits.clear()
        queued += 1
        meter.add(StepResult(losses, 1, 1))
        assert waits == ([k - MAX_STEPS_AHEAD] * 2 if queued > MAX_STEPS_AHEAD else [])
        queued = 0 if queued == look_every else queued


@pytest.mark.parametrize("num_batches", [49, 50, 51, 100, 120])
def test_the_curve_has_every_loss_once(num_batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    curves: list[list[tuple[float, float]]] = []
    monkeypatch.setattr(loop, "save_loss_plot", lambda curve, _history, _path: curves.append(curve))
    net = Rows()
    net.initialize(mx.init.Constant(0.5))
    x = numpy.ones((2, 3), dtype=numpy.float32)
    history = quiet(net, Fixed([(x,)] * num_batches, 2 * num_batches), 2, 1e-9, "sgd", plot="unused.png")
    points = -(-num_batches // 50)
    numpy.testing.assert_allclose([y for _, y in curves[0]], [4.5] * 2 * points, rtol=1e-5)
    xs = [epoch + min(1, 50 * (i + 1) / num_batches) for epoch in range(2) for i in range(points)]
    numpy.testing.assert_allclose([x for x, _ in curves[0]], xs)
    assert abs(history[1]["loss"] - 4.5) < 1e-4
