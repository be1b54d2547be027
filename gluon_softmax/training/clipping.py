"""Clipping by global norm: the gradient keeps its direction, and its norm gets an upper bound.

Pascanu et al. 2013, "On the difficulty of training recurrent neural networks"; *Dive into Deep Learning*,
section "Recurrent Neural Network Implementation from Scratch". MXNet's ``gluon.utils.clip_global_norm``
raises a TypeError under ``npx.set_np()``.
"""

from __future__ import annotations

import math
from typing import Iterable

from ..backend import gluon, nd, np_array
from ..utils.checks import check_scale
from ..utils.object_checks import check_kind
from ..utils.types import Array, Context


def global_norm(parameters: Iterable[gluon.Parameter], ctx: Context | None = None) -> float:
    """The Euclidean norm of the gradients of `parameters` on `ctx`, dense or row-sparse, as one vector.

    `ctx` may be None where each parameter is on one context. Waits for the gradients. 0 if there are none.
    """
    parameters, squares = list(parameters), []
    with np_array(False):  # row-sparse arrays are legacy ones, and these have a fused sum of squares
        for dense in (True, False):
            gradients = [
                _values(parameter.grad(ctx))
                for parameter in parameters
                if parameter.grad_req != "null" and (parameter._grad_stype == "default") == dense
            ]
            if gradients:
                squares.append(nd.multi_sum_sq(*gradients, num_arrays=len(gradients)))
        return math.sqrt(sum(float(parts.sum().asscalar()) for parts in squares))


def _values(gradient: Array) -> Array:
    """The numbers of a gradient as a dense legacy array: all, or the rows that a row-sparse one holds."""
    return gradient.data if isinstance(gradient, nd.sparse.RowSparseNDArray) else gradient.as_nd_ndarray()


def clipped_step(trainer: gluon.Trainer, batch_size: float, clip_norm: float) -> float:
    """``trainer.step(batch_size)`` with a gradient whose norm is at most `clip_norm`; gives the norm before.

        g <- g min(1, clip_norm / |g|)

    g is the sum of the gradients over the contexts, divided by `batch_size`; | | is over all parameters that
    the Trainer updates. On several contexts the Trainer has ``update_on_kvstore=False``.

    Raises ValueError for a norm that is not finite.
    """
    check_scale("clip_norm", clip_norm)
    check_scale("batch_size", batch_size)
    check_kind("trainer", trainer, gluon.Trainer, "a gluon.Trainer")
    trainer.allreduce_grads()
    norm = global_norm(trainer._params, trainer._contexts[0]) / batch_size
    if not math.isfinite(norm):
        raise ValueError(
            f"training diverged: the norm of the gradient is {norm} with lr {trainer.learning_rate:g}; "
            "try a smaller lr"
        )
    trainer.update(batch_size * max(1.0, norm / clip_norm))
    return norm
