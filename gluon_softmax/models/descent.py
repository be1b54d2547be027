"""Plain SGD without a Trainer on `SkipGramBlocks`: gradients in closed form, added in place onto their rows.

Three things make it fast. Each row is looked up once a block, and all scores of a block are one small matrix
product. The gradient of a logistic loss with label y and weight w by its score s is -w (y - sigmoid(s)), so
nothing is recorded but the look-ups. And the gradient buffer of each table is the table itself: the backward
of a look-up then adds onto the rows of the batch and touches no other, where a Trainer's update would go
through the whole table.

A batch is looked up before the update of the one ahead of it is added, so that two workers of MXNet's engine
overlap: the gradients are those of the tables one step before, and still the same in every run.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, Iterable, Iterator

import numpy

from ..backend import autograd, np
from ..embedding import as_ids

_CHUNK = 32  # batches that go to the device together: each copy waits until the engine has a moment for it
_LOOK_EVERY = 16  # steps: the loss is an extra, and a mean over one batch in so many is near enough
_RATE_STEP = 0.01  # labels and weights are scaled by the rate anew when it has moved by this share


class Descent:
    """What the steps of the output layers share: ``descent.epoch(batches, rate)``.

    `label` and `weight` are `score_tables`; the arrays that a step needs come from `_prepare`, its loss and
    its changes from `_step`.
    """

    def __init__(self, label: numpy.ndarray, weight: numpy.ndarray, batches: Any, ctx: Any) -> None:
        self._ctx = ctx
        self._reach, self._block = batches.max_window_size, batches.block_size
        self._num_pairs = label.sum(axis=1).astype(numpy.int64)  # by row
        self._label, self._weight = (np.array(table, ctx=ctx) for table in (label, weight))
        self._scaled: tuple[float, Any, Any] = (0.0, self._label, self._weight)

    def epoch(self, batches: Iterable[Any], rate: Callable[[int], float]) -> Iterator[tuple[Any, int]]:
        """Make a step on each batch, and yield of each the sum of the losses before it, nats, left on the
        device (of one batch in `_LOOK_EVERY`, else None), and its number of pairs. ``rate(pairs)`` is the
        rate of a step that comes after so many pairs.
        """
        batches, pairs, step = iter(batches), 0, 0
        ahead: list[Any] = []  # look-ups and their gradients, not added yet
        while True:
            chunk = list(itertools.islice(batches, _CHUNK))
            if not chunk:
                break
            words, left, right = (numpy.stack(arrays) for arrays in zip(*chunk))
            place = numpy.arange(self._block, dtype=numpy.int32)
            row = (
                left * (self._reach + 1) + right
            ) * self._block + place  # (steps, n, b), see `score_tables`
            for size, inputs in self._prepare(words, row):
                look = step % _LOOK_EVERY == 0 or not pairs
                loss, *update = self._step(inputs, rate(pairs), look, step % 2)
                if ahead:
                    autograd.backward(*ahead)
                ahead = update
                yield loss, size
                pairs, step = pairs + size, step + 1
        if ahead:
            autograd.backward(*ahead)

    def _prepare(self, words: numpy.ndarray, row: numpy.ndarray) -> Iterator[tuple[int, Any]]:
        """(number of pairs, arrays on the device) a step, from words (steps, n, C) and rows of the score
        tables (steps, n, b).
        """
        raise NotImplementedError

    def _step(self, inputs: Any, rate: float, look: bool, lane: int) -> tuple[Any, list[Any], list[Any]]:
        """The loss or None, what was looked up, and what is to be added to it. Two steps are under way at a
        time, so what compiled graphs keep is kept twice: `lane` is 0 and 1 in turn.
        """
        raise NotImplementedError

    def _to_device(self, *arrays: numpy.ndarray) -> list[Any]:
        return [as_ids(array, self._ctx) for array in arrays]

    def _at_rate(self, rate: float) -> tuple[Any, Any]:
        """Label and weight times the rate, which costs a table and not a batch."""
        if abs(rate - self._scaled[0]) > _RATE_STEP * self._scaled[0]:
            self._scaled = (rate, self._label * rate, self._weight * rate)
        return self._scaled[1:]


def own_gradient(table: Any, shape: tuple[int, ...] | None = None) -> Any:
    """A handle on `table`, in `shape` if given, whose gradient buffer is the table itself, to which backward
    adds.
    """
    first, second = (table.as_nd_ndarray().reshape(shape or table.shape).as_np_ndarray() for _ in range(2))
    autograd.mark_variables(first, second, "add")
    return first


def score_tables(
    max_window_size: int, block_size: int, num_noise_words: int, shared_noise: int
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Label and weight of a centre's scores with its block's words, both ((W + 1)^2 b, b + 2 W + M).

    Row (l (W + 1) + r) b + i is for centre i of a block with l context words to its left and r to its right:
    1 and 1 at these, 0 and (l + r) K / M at the noise words, 0 and 0 elsewhere.
    """
    reach = max_window_size
    left, right, i, column = numpy.ogrid[: reach + 1, : reach + 1, :block_size, : block_size + 2 * reach]
    offset = column - reach - i
    context = (offset >= -left) & (offset <= right) & (offset != 0)  # (W + 1, W + 1, b, b + 2 W)
    per_noise_word = (left + right) * (num_noise_words / max(1, shared_noise))  # (W + 1, W + 1, 1, 1)
    noise = numpy.broadcast_to(per_noise_word, (*context.shape[:3], shared_noise))
    label = numpy.concatenate([context, numpy.zeros_like(noise)], axis=3)
    weight = numpy.concatenate([context, noise], axis=3)
    shape = (-1, label.shape[3])
    return label.reshape(shape).astype(numpy.float32), weight.reshape(shape).astype(numpy.float32)
