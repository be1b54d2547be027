"""A batch of host arrays onto one context or several, cut along its batch axis."""

from __future__ import annotations

from typing import Any, Sequence

import numpy

from ..backend import mx
from ..backend.arrays import as_device_array


def to_device(batch: Sequence[Any], contexts: Sequence[Any]) -> list[tuple[Any, ...]]:
    """One tuple of MXNet arrays a context: `split_and_load` that keeps ids int32 and lets a small batch use
    fewer contexts.

    The batch axis is 0, or what the batch's class says in ``batch_axis`` (the language model's is 1). MXNet's
    own ``gluon.utils.split_and_load`` refuses uneven cuts by default and makes empty arrays, which fail on
    use.
    """
    axis = getattr(batch, "batch_axis", 0)
    size = batch[0].shape[axis]
    count = min(len(contexts), size)
    pieces = [numpy.array_split(array, count, axis=axis) for array in batch]  # of each array, one a context
    return [
        tuple(as_device_array(piece[k], piece[k].dtype, contexts[k]) for piece in pieces)
        for k in range(count)
    ]


def zero_gradients(net: Any, contexts: Sequence[Any]) -> None:
    """Gradients of zero on contexts that got no piece of the batch, where ``Trainer.step`` would raise or,
    told to ignore it, be wrong in silence.
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
