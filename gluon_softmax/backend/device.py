"""Which device to train on: the book's `try_gpu`, but a card is trusted only after it has run a small kernel.

MXNet 1.9.1's GPU wheels hold machine code for Maxwell to Ada cards and none for later ones, where
``mx.context.num_gpus()`` still counts the card and the first kernel fails.
"""

from __future__ import annotations

import warnings
from typing import Any, Sequence

from ..utils.checks import check_positive_int
from .bootstrap import mx, np


def _runs(ctx: Any) -> bool:
    try:
        return float((np.ones((2,), ctx=ctx) + 1).sum()) == 4.0
    except mx.MXNetError as error:
        reason = str(error).strip().splitlines()[0]
        warnings.warn(
            f"{ctx} is there, but this MXNet cannot run on it ({reason}); using the CPU instead", stacklevel=3
        )
        return False


def try_gpu(i: int = 0) -> Any:
    """gpu(i) if there is one that this MXNet can run on, else cpu(). A card that it cannot run on is named in
    a warning.
    """
    check_positive_int("i", i, 0)
    if mx.context.num_gpus() > i and _runs(mx.gpu(i)):
        return mx.gpu(i)
    return mx.cpu()


def try_all_gpus() -> list[Any]:
    """Every GPU that this MXNet can run on, or [cpu()] if there is none."""
    gpus = [mx.gpu(i) for i in range(mx.context.num_gpus()) if _runs(mx.gpu(i))]
    return gpus or [mx.cpu()]


def parse_device(text: str) -> Any:
    """``cpu``, ``gpu:0`` or ``auto`` (the first GPU that runs, else the CPU) as a context; raises ValueError
    for anything else.
    """
    if text == "auto":
        return try_gpu()
    name, colon, number = text.partition(":")
    if name not in ("cpu", "gpu") or not (number if colon else "0").isdigit():
        raise ValueError(f"device takes cpu, gpu:0 (or another number) or auto; got {text!r}")
    ctx = mx.Context(name, int(number or 0))
    if name == "gpu" and (mx.context.num_gpus() <= ctx.device_id or not _runs(ctx)):
        raise ValueError(
            f"device takes a GPU that this MXNet can run on; got {text!r}, "
            f"and there are {mx.context.num_gpus()}"
        )
    return ctx


def as_contexts(device: Any) -> list[Any]:
    """A context, a list of contexts or None (the current context) as a list; raises TypeError or ValueError
    otherwise.
    """
    contexts: Sequence[Any] = (
        device if isinstance(device, (list, tuple)) else [device or mx.context.current_context()]
    )
    if not contexts or not all(isinstance(ctx, mx.Context) for ctx in contexts):
        raise TypeError(f"device takes an MXNet context such as mx.cpu(), or a list of them; got {device!r}")
    if len(set(contexts)) < len(contexts):
        raise ValueError(f"device takes contexts that differ; got {device!r}")
    return list(contexts)
