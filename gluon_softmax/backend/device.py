"""``mx.context.num_gpus()`` counts cards that MXNet cannot run on; here a card must first run a small kernel.

MXNet 1.9.1's GPU wheels hold machine code for Maxwell to Ada cards and none for later ones, on which the
first kernel fails. The functions are the book's, with that check.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..utils.checks import check_positive_int
from ..utils.types import Context, Contexts
from .bootstrap import mx, np


def _can_run_on(ctx: Context) -> bool:
    try:
        return float((np.ones((2,), ctx=ctx) + 1).sum()) == 4.0
    except mx.MXNetError as error:
        reason = str(error).strip().splitlines()[0]
        warnings.warn(
            f"{ctx} is there, but this MXNet cannot run on it ({reason}); using the CPU instead", stacklevel=3
        )
        return False


def try_gpu(i: int = 0) -> Context:
    """``gpu(i)`` if there is one that this MXNet can run on, else ``cpu()``.

    A warning names a card that it cannot run on. Raises TypeError or ValueError for an `i` that is not an
    integer of at least 0.
    """
    check_positive_int("i", i, 0)
    if mx.context.num_gpus() > i and _can_run_on(mx.gpu(i)):
        return mx.gpu(i)
    return mx.cpu()


def try_all_gpus() -> list[Context]:
    """Every GPU that this MXNet can run on, or ``[cpu()]`` if there is none."""
    gpus = [mx.gpu(i) for i in range(mx.context.num_gpus()) if _can_run_on(mx.gpu(i))]
    return gpus or [mx.cpu()]


def parse_device(text: str) -> Context:
    """The context named ``cpu``, ``gpu:0`` or ``auto``.

    ``auto`` is the first GPU if MXNet can run on it, else the CPU.

    Raises ValueError for any other text, and for a GPU that is not there or that MXNet cannot run on.
    """
    if text == "auto":
        return try_gpu()
    name, colon, number = text.partition(":")
    if name not in ("cpu", "gpu") or not (number if colon else "0").isdigit():
        raise ValueError(f"device takes cpu, gpu:0 (or another number) or auto; got {text!r}")
    ctx = mx.Context(name, int(number or 0))
    if name == "gpu" and (mx.context.num_gpus() <= ctx.device_id or not _can_run_on(ctx)):
        raise ValueError(
            f"device takes a GPU that this MXNet can run on; got {text!r}, "
            f"and there are {mx.context.num_gpus()}"
        )
    return ctx


def as_contexts(device: Contexts) -> list[Context]:
    """A context, a list of contexts or None (the current context) as a list.

    Raises TypeError for anything else, and ValueError for a context that comes twice.
    """
    contexts: list[Any] = (
        list(device) if isinstance(device, (list, tuple)) else [device or mx.context.current_context()]
    )
    if not contexts or not all(isinstance(ctx, mx.Context) for ctx in contexts):
        raise TypeError(f"device takes an MXNet context such as mx.cpu(), or a list of them; got {device!r}")
    if len(set(contexts)) < len(contexts):
        raise ValueError(f"device takes contexts that differ; got {device!r}")
    return contexts
