"""A training step of an output layer as a turn: the same numbers on every side of a benchmark.

NumPy alone at import, so that the sides can take it in any environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import numpy
from timing import seconds_of

if TYPE_CHECKING:
    from gluon_softmax.output_layers.base import OutputLayer

LEARNING_RATE = 0.1


def zipf_counts(vocab_size: int) -> numpy.ndarray:
    """Return counts in proportion to 1 / rank, the smallest of them 10."""
    counts: numpy.ndarray = numpy.ceil(10 * vocab_size / numpy.arange(1, vocab_size + 1))
    return counts.astype(numpy.int64)


def hidden_vectors(positions: int, in_units: int) -> numpy.ndarray:
    """Return the input of the layers: float32 (positions, in_units), the same at every call."""
    normal = numpy.random.default_rng(0).standard_normal((positions, in_units))
    return normal.astype(numpy.float32)


def make_step(layer: OutputLayer, positions: int, in_units: int) -> Callable[[numpy.ndarray], None]:
    """Return a function that takes targets (N,), makes one step of plain SGD on `layer`, and waits."""
    from gluon_softmax.backend import autograd, gluon, mx, np

    layer.initialize()
    layer.hybridize(static_alloc=True)
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": LEARNING_RATE}, kvstore=None)
    hidden = np.array(hidden_vectors(positions, in_units))
    hidden.attach_grad()

    def step(target: numpy.ndarray) -> None:
        with autograd.record():
            loss = layer(hidden, target)
        loss.backward()
        trainer.step(positions)
        mx.nd.waitall()

    return step


def turn_of_steps(
    step: Callable[[numpy.ndarray], None], vocab_size: int, num_steps: int, positions: int
) -> Callable[[int], float]:
    """Return a turn of `num_steps` calls of `step`, which gives the milliseconds per step.

    Targets (positions,) follow Zipf's law, the same on both sides. `step` waits until its work is done.
    """
    rising = numpy.cumsum(zipf_counts(vocab_size), dtype=numpy.float64)

    def take(turn: int) -> float:
        uniform = numpy.random.default_rng(turn).random((num_steps, positions))
        targets = numpy.searchsorted(rising, uniform * rising[-1], side="right")

        def steps() -> None:
            for target in targets:
                step(target)

        return 1e3 * seconds_of(steps) / num_steps

    return take
