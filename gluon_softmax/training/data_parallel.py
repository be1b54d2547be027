"""A batch of host arrays onto one context or several, split along its batch axis."""

from __future__ import annotations

from typing import Sequence

import numpy

from ..backend import gluon, mx
from ..backend.arrays import as_device_array
from ..utils.types import Array, Context


def to_device(batch: Sequence[numpy.ndarray], contexts: Sequence[Context]) -> list[tuple[Array, ...]]:
    """The shards of a batch: one tuple of MXNet arrays per context, or fewer if the batch is small.

    The batch axis is 0, or the batch's ``batch_axis`` (the language model's is 1). dtypes stay, so ids are
    int32. MXNet's own ``gluon.utils.split_and_load`` rejects uneven shards by default, and makes empty
    arrays, which fail on use.
    """
    axis = getattr(batch, "batch_axis", 0)
    size = batch[0].shape[axis]
    count = min(len(contexts), size)
    shards = [numpy.array_split(array, count, axis=axis) for array in batch]  # per array, one per context
    return [
        tuple(as_device_array(shard[k], shard[k].dtype, contexts[k]) for shard in shards)
        for k in range(count)
    ]


def zero_gradients(net: gluon.Block, contexts: Sequence[Context]) -> None:
    """Set the gradients to zero on contexts that got no shard of the batch.

    ``Trainer.step`` would raise there, or with ``ignore_stale_grad`` silently be wrong.
    """
    parameters = net.collect_params().values() if contexts else ()
    for parameter in parameters:
        for ctx in contexts if parameter.grad_req != "null" else ():
            gradient = parameter.grad(ctx)
            if gradient.stype == "row_sparse":
                mx.nd.zeros_like(gradient, out=gradient)
            else:
                gradient[()] = 0
            parameter.data(ctx)._fresh_grad = True
