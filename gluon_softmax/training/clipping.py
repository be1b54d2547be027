"""Clipping by global norm: a step never longer than a bound, in the direction that the gradient says.

Pascanu et al. 2013, "On the difficulty of training recurrent neural networks"; *Dive into Deep Learning*,
section "Recurrent Neural Network Implementation from Scratch". MXNet's ``gluon.utils.clip_global_norm``
raises a TypeError under ``npx.set_np()``.
"""

from __future__ import annotations

import math
from typing import Any, Iterable

from ..backend import nd, np_array
from ..utils.checks import check_number


def global_norm(parameters: Iterable[Any], ctx: Any = None) -> float:
    """The Euclidean norm of the gradients of `parameters` on `ctx` as one vector, dense and row-sparse ones.

    `ctx` may be None where each parameter is on one context. Waits for the gradients. 0 if there is none.
    """
    parameters, squares = list(parameters), []
    with np_array(False):  # row-sparse arrays are legacy ones, and these have a fused sum of squares
        for dense in (True, False):
            gradients = [
                parameter.grad(ctx).as_nd_ndarray() if dense else parameter.grad(ctx).data
                for parameter in parameters
                if parameter.grad_req != "null" and (parameter._grad_stype == "default") == dense
            ]
            if gradients:
                squares.append(nd.multi_sum_sq(*gradients, num_arrays=len(gradients)))
        return math.sqrt(sum(float(parts.sum().asscalar()) for parts in squares))


def clipped_step(trainer: Any, batch_size: float, clip_norm: float) -> float:
    """``trainer.step(batch_size)`` with the gradient g / batch_size scaled down to norm `clip_norm` where it
    is longer; gives the norm before.

        g <- g min(1, clip_norm / |g|)

    g is summed over the contexts first, and | | is over all parameters that the Trainer updates. The Trainer
    has ``update_on_kvstore=False`` on several contexts. Raises ValueError for a norm that is not finite.
    """
    check_number("clip_norm", clip_norm, 0, open_low=True)
    trainer.allreduce_grads()
    norm = global_norm(trainer._params, trainer._contexts[0]) / batch_size
    if not math.isfinite(norm):
        raise ValueError(f"lr takes a smaller number: the norm of the gradient is {norm}")
    trainer.update(batch_size * max(1.0, norm / clip_norm))
    return norm
