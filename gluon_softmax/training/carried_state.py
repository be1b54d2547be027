"""The state that a recurrent net hands from one batch to the next, a piece on each context."""

from __future__ import annotations

from typing import Any, Sequence

from ..backend import np


class CarriedState:
    """``carried(shards)`` calls the net on each shard and gives the losses; a net with ``begin_state`` gets
    the state that the batch before left, cut off from its gradient.

    Columns, axis 1, keep their place: a batch with fewer goes on with the first ones of the state. A net
    without ``begin_state`` is just called.
    """

    def __init__(self, net: Any) -> None:
        self._net = net
        self._states: list[list[Any]] = []

    def __call__(self, shards: Sequence[tuple[Any, ...]]) -> list[Any]:
        if not hasattr(self._net, "begin_state"):
            return [self._net(*shard) for shard in shards]
        given = self._given([shard[0].shape[1] for shard in shards], [shard[0].ctx for shard in shards])
        outputs = [self._net(*shard, state) for shard, state in zip(shards, given)]
        self._states = [[array.detach() for array in state] for _, state in outputs]
        return [loss for loss, _ in outputs]

    def _given(self, widths: list[int], contexts: list[Any]) -> list[list[Any]]:
        if not self._states:
            return [self._net.begin_state(width, ctx) for width, ctx in zip(widths, contexts)]
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
