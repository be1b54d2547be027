"""Plain SGD without a Trainer on `SkipGramBlocks`: gradients in closed form, added in place onto their rows.

Three things make it fast. Pairs that share rows stand together, so that a row is looked up once for many of
them, and all their scores are one small matrix product. The gradient of a logistic loss with label y and
weight w by its score s is -w (y - sigmoid(s)), so nothing is recorded but the look-ups. And the gradient
buffer of each table is the table itself: the backward of a look-up then adds onto the rows of the batch and
touches no other, where a Trainer's update would go through the whole table.

A batch is looked up before the update of the one ahead of it is added, so that two workers of MXNet's engine
overlap: the gradients are those of the tables one step before, and still the same in every run.
"""

from __future__ import annotations

import collections
import itertools
from typing import Any, Callable, Iterable, Iterator, Sequence

import numpy

from ..backend import autograd, np
from ..backend.arrays import as_ids, reshaped_view
from ..utils.types import StepResult

_CHUNK = 64  # batches that are prepared together
_AHEAD = 6  # steps that the host may be ahead of the engine: what is put in line takes memory
_RATE_STEP = 0.01  # tables are scaled by the rate anew when it has moved by this share


class InPlaceSGD:
    """What the steps of the output layers share: ``steps.epoch(batches, rate)``.

    `tables` hold the labels and weights of scores; the arrays that a step needs come from `_prepare`, its
    loss from `_loss`, its changes from `_step`.
    """

    def __init__(self, tables: Sequence[numpy.ndarray], ctx: Any) -> None:
        self._ctx = ctx
        self._tables = [np.array(table, ctx=ctx) for table in tables]
        self._scaled: tuple[float, list[Any]] = (0.0, self._tables)

    def epoch(self, batches: Iterable[Any], rate: Callable[[int], float]) -> Iterator[StepResult]:
        """Make a step for each batch. Yields, one by one: the sum of the losses of some pairs, nats, before
        the steps on them, left on the device, or nothing; of how many pairs that is; the number of pairs of
        the step that was made, 0 for none. ``rate(pairs)`` is the rate of a step that comes after so many
        pairs.
        """
        batches, pairs, step = iter(batches), 0, 0
        ahead: list[Any] = []  # look-ups and their gradients, not added yet
        line: collections.deque[Any] = collections.deque()  # what the latest steps end with
        while True:
            chunk = list(itertools.islice(batches, _CHUNK))
            if not chunk:
                break
            words, left, right = (numpy.stack(arrays) for arrays in zip(*chunk))
            for size, measured, inputs in self._prepare(words, left, right):
                losses = [self._loss(inputs)] if measured else []
                if size:
                    # two steps are under way at a time, so what compiled graphs keep is kept twice
                    update = self._step(inputs, rate(pairs), step % 2)
                    if ahead:
                        autograd.backward(*ahead)
                    ahead, pairs, step = list(update), pairs + size, step + 1
                    line.append(ahead[1][-1])
                    if len(line) > _AHEAD:
                        line.popleft().wait_to_read()
                yield StepResult(losses, measured, size)
        if ahead:
            autograd.backward(*ahead)

    def _prepare(
        self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray
    ) -> Iterator[tuple[int, int, Any]]:
        """Arrays on the device, each with the number of pairs that they make a step on, and the number of
        pairs whose loss they give, one of them perhaps 0; from words (steps, n, C) and how many context words
        each centre has to its left and to its right (steps, n, b). The loss is an extra, and a mean over a
        part of the pairs is near enough.
        """
        raise NotImplementedError

    def _loss(self, inputs: Any) -> Any:
        """The sum over the pairs, nats, on the device."""
        raise NotImplementedError

    def _step(self, inputs: Any, rate: float, lane: int) -> tuple[list[Any], list[Any]]:
        """What was looked up, and what is to be added to it; `lane` is 0 and 1 in turn."""
        raise NotImplementedError

    def _to_device(self, *arrays: numpy.ndarray) -> list[Any]:
        return [as_ids(array, self._ctx) for array in arrays]

    def _at_rate(self, rate: float) -> list[Any]:
        """The tables times the rate, which costs a table and not a batch."""
        if abs(rate - self._scaled[0]) > _RATE_STEP * self._scaled[0]:
            self._scaled = (rate, [table * rate for table in self._tables])
        return self._scaled[1]


def aliased_gradient(table: Any, shape: tuple[int, ...]) -> Any:
    """A handle on `table`, in `shape`, whose gradient buffer is the table itself, to which backward adds."""
    variable = reshaped_view(table, shape)
    autograd.mark_variables(variable, reshaped_view(table, shape), "add")
    return variable
