"""The state that a recurrent net passes from one batch to the next, one shard per context."""

from __future__ import annotations

from typing import Callable, Sequence

import numpy

from ..backend import gluon, np
from ..backend.arrays import as_device_array
from ..utils.types import Array, Context


class CarriedState:
    """``carried(shards)`` calls the net on each shard and gives the losses.

    A net with ``begin_state`` gets the state after the batch before, detached from its gradient. Each column,
    axis 1, goes on from its own state; a batch with fewer columns goes on from the first ones. A net without
    ``begin_state`` is just called.

    Raises ValueError for a batch with more columns than the first.
    """

    def __init__(self, net: gluon.Block) -> None:
        self._net = net
        self._begin_state: Callable[[int, Context], list[Array]] | None = getattr(net, "begin_state", None)
        self._states: list[list[Array]] = []  # per shard

    def __call__(self, shards: Sequence[tuple[Array, ...]]) -> list[Array]:
        """The losses of each shard; the states after them are kept for the next call."""
        if self._begin_state is None:
            return [self._net(*shard) for shard in shards]
        given = self._states_for([shard[0].shape[1] for shard in shards], [shard[0].ctx for shard in shards])
        outputs = [self._net(*shard, state) for shard, state in zip(shards, given)]
        self._states = [[array.detach() for array in state] for _, state in outputs]
        return [loss for loss, _ in outputs]

    def on_host(self) -> list[list[numpy.ndarray]]:
        """The states after the last batch, per shard; none before the first."""
        return [[array.asnumpy() for array in state] for state in self._states]

    def go_on(self, states: Sequence[Sequence[numpy.ndarray]], contexts: Sequence[Context]) -> None:
        """Begin with states that `on_host` gave."""
        self._states = [
            [as_device_array(array, array.dtype, ctx) for array in state]
            for state, ctx in zip(states, contexts)
        ]

    def _states_for(self, widths: list[int], contexts: list[Context]) -> list[list[Array]]:
        """The states for shards of these widths, split anew where they differ from those before."""
        if not self._states:
            assert self._begin_state is not None
            return [self._begin_state(width, ctx) for width, ctx in zip(widths, contexts)]
        before = [state[0].shape[1] for state in self._states]
        if widths == before:
            return self._states
        if sum(widths) > sum(before):
            raise ValueError(
                f"batches takes at most the {sum(before)} columns it began with; got {sum(widths)}"
            )
        whole = [
            np.concatenate([array.as_in_ctx(contexts[0]) for array in arrays], axis=1)
            for arrays in zip(*self._states)
        ]
        ends = [sum(widths[: k + 1]) for k in range(len(widths))]
        return [
            [array[:, end - width : end].as_in_ctx(ctx) for array in whole]
            for width, end, ctx in zip(widths, ends, contexts)
        ]
