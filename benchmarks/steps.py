"""The work of an output layer's training step, the same numbers on every side of a benchmark, and its time.

NumPy alone at import, so that the sides can take it in any environment.
"""

from __future__ import annotations

import time
from typing import Any, Callable

import numpy

LEARNING_RATE = 0.1


def zipf_counts(vocab_size: int) -> numpy.ndarray:
    """Counts in proportion to 1 / rank, the least of them 10."""
    return numpy.ceil(10 * vocab_size / numpy.arange(1, vocab_size + 1)).astype(numpy.int64)


def hidden_vectors(positions: int, in_units: int) -> numpy.ndarray:
    """What the layers get: float32 (positions, in_units), the same at every call."""
    normal = numpy.random.default_rng(0).standard_normal((positions, in_units))
    return normal.astype(numpy.float32)


def make_step(layer: Any, positions: int, in_units: int) -> Callable[[numpy.ndarray], None]:
    """A function that makes one step of plain SGD of an output layer here towards targets (N,), and waits."""
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
    step: Callable[[numpy.ndarray], Any], vocab_size: int, num_steps: int, positions: int
) -> Callable[..., float]:
    """A turn: `num_steps` calls of `step` with targets (positions,) that follow Zipf's law, the same on both
    sides; it gives the milliseconds a step. `step` waits until its work is done.
    """
    rising = numpy.cumsum(zipf_counts(vocab_size), dtype=numpy.float64)

    def take(turn: int) -> float:
        uniform = numpy.random.default_rng(turn).random((num_steps, positions))
        targets = numpy.searchsorted(rising, uniform * rising[-1], side="right")
        start = time.perf_counter()
        for target in targets:
            step(target)
        return 1e3 * (time.perf_counter() - start) / num_steps

    return take
