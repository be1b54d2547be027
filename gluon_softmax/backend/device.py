"""``mx.context.num_gpus()`` counts cards that MXNet cannot run on; here a card must first run a small kernel.

MXNet 1.9.1's GPU wheels hold machine code for Maxwell to Ada cards and none for later ones, on which the
first kernel fails. The functions are the book's, with that check.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

from ..utils.checks import check_positive_int, shown
from ..utils.types import Context, Contexts
from .bootstrap import mx, np

_MAX_CPU = 255


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

    ``auto`` is the first GPU if MXNet can run on it, else the CPU. MXNet starts threads for each number of a
    CPU, so these end at 255.

    Raises ValueError for any other text, and for a GPU that is not there or that MXNet cannot run on;
    TypeError for what is not a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"device takes a string such as 'cpu'; got {shown(text)}")
    if text == "auto":
        return try_gpu()
    name, colon, number = text.partition(":")
    if name not in ("cpu", "gpu") or not re.fullmatch("[0-9]+", number if colon else "0"):
        raise ValueError(f"device takes cpu, gpu:0 (or another number) or auto; got {shown(text)}")
    digits = number.lstrip("0") or "0"
    index = int(digits) if len(digits) <= len(str(_MAX_CPU)) else _MAX_CPU + 1  # beyond any that there is
    if name == "cpu" and index > _MAX_CPU:
        raise ValueError(f"device takes cpu:0 to cpu:{_MAX_CPU}; got {shown(text)}")
    ctx = mx.Context(name, index)
    if name == "gpu" and (mx.context.num_gpus() <= index or not _can_run_on(ctx)):
        raise ValueError(
            f"device takes a GPU that this MXNet can run on; got {shown(text)}, "
            f"and there are {mx.context.num_gpus()}"
        )
    return ctx


def parse_devices(text: str) -> list[Context]:
    """The contexts named one after another: ``cpu:0,cpu:1``.

    Raises the errors of `parse_device`, and ValueError for an empty name and for a device that comes twice.
    """
    names = text.split(",") if isinstance(text, str) else [text]
    if len(names) > 1 and not all(names):
        raise ValueError(f"device takes a device between every two commas; got {shown(text)}")
    contexts = [parse_device(name) for name in names]
    if len(set(contexts)) < len(contexts):
        raise ValueError(f"device takes devices that differ; got {shown(text)}")
    return contexts


def as_contexts(device: Contexts) -> list[Context]:
    """A context, a list of contexts or None (the current context) as a list.

    Raises TypeError for anything else, and ValueError for a context that comes twice.
    """
    contexts: list[Any] = (
        list(device)
        if isinstance(device, (list, tuple))
        else [mx.context.current_context() if device is None else device]
    )
    if not contexts or not all(isinstance(ctx, mx.Context) for ctx in contexts):
        raise TypeError(
            f"device takes an MXNet context such as mx.cpu(), or a list of them; got {shown(device)}"
        )
    if len(set(contexts)) < len(contexts):
        raise ValueError(f"device takes contexts that differ; got {shown(device)}")
    return contexts
