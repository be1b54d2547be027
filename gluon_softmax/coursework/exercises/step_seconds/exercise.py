"""The seconds of a step, where steps are queued."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The seconds of a step in a library that does not wait",
    chapter="negative_sampling",
    section="Training",
    kind="measure",
    minutes=30,
    hand_in="step_seconds(step, evaluate, wait, clock, ...): the mean seconds of a training step",
    right_when="warm-up and evaluation change nothing, and half the speed takes twice the seconds",
    source="Dive into Deep Learning, sections 13.2 (asynchronous computation) and 15.4.2.3",
    hints=(
        "step() returns as soon as the work is queued. When does the clock show that the work is done?",
        "Warm up, wait, and only then read the clock for the first time.",
        "Each epoch: read the clock, queue all its steps, wait once, read the clock, then evaluate.",
        "Add up the seconds of all epochs and divide by the number of steps of all epochs.",
    ),
)


class _Machine:
    """A host that queues steps and a device that works them off; time passes only as they say."""

    def __init__(self, seconds: numpy.ndarray, host_seconds: float, evaluation_seconds: float) -> None:
        self._seconds, self._host_seconds, self._evaluation_seconds = (
            seconds,
            host_seconds,
            evaluation_seconds,
        )
        self._now = 100.0  # a clock does not begin at 0
        self._free_at = 0.0  # when the device has done all that is queued
        self.num_steps, self.num_evaluations = 0, 0

    def step(self) -> None:
        """Queue a step; it takes the host a moment."""
        self._now += self._host_seconds
        work = float(self._seconds[min(self.num_steps, len(self._seconds) - 1)])
        self._free_at = max(self._free_at, self._now) + work
        self.num_steps += 1

    def wait(self) -> None:
        """Wait until the queue is empty."""
        self._now = max(self._now, self._free_at)

    def evaluate(self) -> float:
        """Compute the held-out loss; it needs all that was queued before."""
        self.wait()
        self._now += self._evaluation_seconds
        self.num_evaluations += 1
        return 2.5

    def clock(self) -> float:
        """Tell the time."""
        return self._now


def examples() -> list[Example]:
    """An epoch: 0.01 s to queue its first step, then twice 0.1 s of work."""
    seconds = numpy.array([0.5, 0.1, 0.1, 0.1, 0.1])
    return [Example((seconds, 0.01, 0.3, 1, 2, 2), {"seconds": 0.105, "steps": 5, "evaluations": 2})]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A slow warm-up, epochs of unequal seconds, and an evaluation after each."""
    num_warmup, num_epochs, num_steps = (int(i) for i in rng.integers([1, 2, 3], [4, 5, 7]))
    warmup = rng.uniform(0.2, 0.5, size=num_warmup)
    seconds = rng.uniform(0.02, 0.06, size=num_epochs * num_steps)
    host_seconds, evaluation_seconds = (float(x) for x in rng.uniform([0.004, 0.1], [0.008, 0.3]))
    seconds = numpy.concatenate([warmup, seconds])
    return seconds, host_seconds, evaluation_seconds, num_warmup, num_epochs, num_steps


def probe(answer: Answer, arguments: tuple[object, ...]) -> object:
    """Let the answer time a machine, and say what it made it do."""
    seconds, host_seconds, evaluation_seconds, *numbers = arguments
    machine = _Machine(seconds, host_seconds, evaluation_seconds)
    found = answer(machine.step, machine.evaluate, machine.wait, machine.clock, *numbers)
    return {"seconds": found, "steps": machine.num_steps, "evaluations": machine.num_evaluations}


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of a measurement."""
    seconds, host_seconds, evaluation_seconds, *numbers = inputs(rng)
    found = answer(seconds, host_seconds, evaluation_seconds, *numbers)
    twice = answer(2 * seconds, 2 * host_seconds, evaluation_seconds, *numbers)
    yield Identity("a machine half as fast takes twice as long", twice["seconds"], 2 * found["seconds"])
    cold = numpy.concatenate([10 * seconds[: numbers[0]], seconds[numbers[0] :]])
    slow = answer(cold, host_seconds, 5.0, *numbers)
    yield Identity("warm-up and evaluation change nothing", slow["seconds"], found["seconds"])
