"""Plain SGD without a Trainer on `SkipGramBlocks`: gradients in closed form, added in place onto their rows.

Three things make it fast:

1. Pairs that share rows are stepped together, so that a row is looked up once for many pairs, and all their
   scores are one small matrix product.
2. The gradient of a logistic loss with label y and weight w by its score s is -w (y - sigmoid(s)), so nothing
   is recorded but the look-ups.
3. The gradient buffer of each table is the table itself: the backward of a look-up then adds onto the rows of
   the batch and touches no other, where a Trainer's update would read and write the whole table.

A batch is looked up before the update of the batch ahead of it is added, so that two workers of MXNet's
engine overlap: the gradients are those of the tables one step before, and the same in every run.

An epoch is cut into chunks of 64 batches, and nothing but the tables goes on from one chunk to the next: it
begins when every update of the last one is added, and at the exact rate of that moment. So a run that stops
between two chunks and goes on from its tables ends with the same numbers as one that did not stop.
"""

from __future__ import annotations

import collections
import itertools
import math
from typing import Callable, Iterable, Iterator, NamedTuple, Sequence, Tuple

import numpy

from ..backend import autograd, np
from ..backend.arrays import as_ids, reshaped_view
from ..utils.types import Array, Batch, Context, StepResult

_CHUNK = 64  # batches that are prepared together, and after which all updates are in the tables
_MAX_IN_FLIGHT = 6  # steps that the host may be ahead of the engine: each queued step takes memory
_RATE_TOLERANCE = 0.01  # relative change of the rate, within a chunk, at which the tables are scaled anew

Multipliers = Tuple[float, float]  # of the rate, for each of two tables; 0: the table stays as it is


class Prepared(NamedTuple):
    """Arrays on the device, of how many pairs they are a step, and of how many pairs they give the loss."""

    num_pairs: int  # 0: no step is made on them
    num_measured: int  # 0: their loss is not computed
    inputs: list[Array]


class Update(NamedTuple):
    """One step: the rows that were looked up, and what the backward of the look-ups adds to them."""

    rows: list[Array]
    changes: list[Array]


class InPlaceSGD:
    """What the steps of the output layers share: ``steps.epoch(batches, rate)``.

    A subclass gives `_prepare`, which turns host batches into arrays on the device, `_loss` and `_step`.

    Parameters
    ----------
    tables : labels and weights of scores, which a step looks up.
    damping : what the changes of each row are multiplied by, (rows,) for each of the two tables of vectors,
        in the order of an `Update`; see `row_damping`.
    ctx : the context of the tables and of all that a step computes.
    multipliers : what the rate of each table is multiplied by; asked when a chunk begins.
    """

    def __init__(
        self,
        tables: Sequence[numpy.ndarray],
        damping: tuple[numpy.ndarray, numpy.ndarray],
        ctx: Context,
        multipliers: Callable[[], Multipliers],
    ) -> None:
        self._ctx = ctx
        self._tables = [np.array(table, ctx=ctx) for table in tables]
        self._scaled: tuple[float, list[Array]] = (0.0, self._tables)
        self._row_damping = damping
        self._ask_multipliers = multipliers
        self._multipliers: Multipliers = (math.nan, math.nan)  # those of this chunk: not asked yet
        self._damping: list[Array] = []  # (rows, 1) for each table, times its multiplier
        self._is_damped = [False, False]  # whether a number of it is not 1

    def epoch(self, batches: Iterable[Batch], rate: Callable[[int], float]) -> Iterator[StepResult]:
        """Make a step on each batch and yield a `StepResult` for each.

        The losses are summed, in nats, left on the device, and measured before the step on their pairs;
        ``rate(pairs)`` is the learning rate of a step that comes after so many pairs. The last result of a
        chunk is `at_boundary`: then the updates of all batches that were taken from `batches`, and of no
        other, are in the tables. New steps on these tables and the batches that are left go on from there to
        the same bits, with rates that count on from the pairs of the results so far.
        """
        batches, pairs = iter(batches), 0
        while True:
            chunk = list(itertools.islice(batches, _CHUNK))
            if not chunk:
                return
            last = StepResult([], 0, 0)
            for number, result in enumerate(self._chunk(chunk, pairs, rate)):
                if number:
                    yield last
                last, pairs = result, pairs + result.num_pairs
            yield last._replace(at_boundary=True)

    def _chunk(
        self, chunk: Sequence[Batch], pairs: int, rate: Callable[[int], float]
    ) -> Iterator[StepResult]:
        """The steps of a chunk, after so many pairs; all of them are added when the iterator ends."""
        pending: Update | None = None  # computed, and not added yet
        in_flight: collections.deque[Array] = collections.deque()  # of the latest steps, the last array
        words, left, right = (numpy.stack(arrays) for arrays in zip(*chunk))
        prepared = self._prepare(words, left, right)
        self._begin(rate(pairs))
        for step, (num_pairs, num_measured, inputs) in enumerate(prepared):
            losses = [self._loss(inputs)] if num_measured else []
            if num_pairs:
                # two steps overlap, so a compiled graph has its arrays twice
                update = self._step(inputs, rate(pairs), buffer=step % 2)
                if pending is not None:
                    autograd.backward(*pending)
                pending, pairs = self._moving(update), pairs + num_pairs
                in_flight.append(update.changes[-1])
                if len(in_flight) > _MAX_IN_FLIGHT:
                    in_flight.popleft().wait_to_read()
            yield StepResult(losses, num_measured, num_pairs)
        if pending is not None:
            autograd.backward(*pending)

    def _begin(self, rate: float) -> None:
        """Take the exact rate of a chunk's first step, and what the tables' rates are multiplied by."""
        self._scaled = (rate, [table * rate for table in self._tables])
        multipliers = self._ask_multipliers()
        if multipliers != self._multipliers:
            self._multipliers = multipliers
            damping = [rows * (factor or 1.0) for rows, factor in zip(self._row_damping, multipliers)]
            self._is_damped = [bool((rows != 1).any()) for rows in damping]
            self._damping = [np.array(rows[:, None], dtype="float32", ctx=self._ctx) for rows in damping]

    def _moving(self, update: Update) -> Update | None:
        """The part of an update that is for tables which move, None if none does."""
        if all(self._multipliers):
            return update
        kept = [k for k, multiplier in enumerate(self._multipliers) if multiplier]
        return Update([update.rows[k] for k in kept], [update.changes[k] for k in kept]) if kept else None

    def _prepare(self, words: numpy.ndarray, left: numpy.ndarray, right: numpy.ndarray) -> Iterator[Prepared]:
        """Yield the steps on several batches.

        words (batches, n, C); left and right (batches, n, b): each centre's number of context words on each
        side. The loss is for the reader of a progress bar: its mean over a part of the pairs is enough.
        """
        raise NotImplementedError

    def _loss(self, inputs: list[Array]) -> Array:
        """The sum over the pairs, nats, on the device."""
        raise NotImplementedError

    def _step(self, inputs: list[Array], rate: float, buffer: int) -> Update:
        """Look rows up and compute their changes; `buffer` is 0 and 1 in turn."""
        raise NotImplementedError

    def _to_device(self, *arrays: numpy.ndarray) -> list[Array]:
        return [as_ids(array, self._ctx) for array in arrays]

    def _at_rate(self, rate: float) -> list[Array]:
        """The tables times the rate: it is multiplied into two small tables, and not into every batch."""
        if abs(rate - self._scaled[0]) > _RATE_TOLERANCE * self._scaled[0]:
            self._scaled = (rate, [table * rate for table in self._tables])
        return self._scaled[1]


def unit_multipliers() -> Multipliers:
    """Both tables move at the rate of the step."""
    return 1.0, 1.0


def aliased_gradient(table: Array, shape: tuple[int, ...]) -> Array:
    """A handle on `table`, in `shape`, whose gradient buffer is the table itself, to which backward adds."""
    variable = reshaped_view(table, shape)
    autograd.mark_variables(variable, reshaped_view(table, shape), "add")
    return variable
