"""Host arrays onto a device without waiting for what the device is doing.

``np.array(host)`` asks MXNet's engine for leave to write, a round trip over its workers, which takes 0.2 ms
where they are idle and as long as their current operators where they are not. Nobody else knows a new array
yet, so on a CPU its memory can be written at once.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy

from ..utils.types import Array
from .bootstrap import mx, np


def as_device_array(array: Any, dtype: Any, ctx: Any = None) -> Any:
    """A copy of a host array as an MXNet array of `dtype` on `ctx`, the current context if None."""
    ctx = mx.current_context() if ctx is None else ctx
    host = numpy.asarray(array, dtype=dtype, order="C")
    if ctx.device_type != "cpu" or host.ndim == 0 or host.size == 0:
        return np.array(host, dtype=host.dtype, ctx=ctx)
    on_device = np.empty(host.shape, dtype=host.dtype, ctx=ctx)
    ctypes.memmove(address_of(on_device), host.ctypes.data, host.nbytes)
    return on_device


def as_ids(ids: Any, ctx: Any = None) -> Any:
    """Ids as an int32 MXNet array on `ctx` (an MXNet array stays where it is without one, host ids go to the
    current context).
    """
    if isinstance(ids, mx.nd.NDArray):
        ids = ids.astype("int32", copy=False)  # MXNet cannot put int64 ids beside int32 ones
        return ids if ctx is None else ids.as_in_ctx(ctx)
    return as_device_array(ids, "int32", ctx)


def address_of(array: Any) -> int:
    """Where the first number of an MXNet array on a CPU lies in memory."""
    address = ctypes.c_void_p()
    mx.base.check_call(mx.base._LIB.MXNDArrayGetData(array.handle, ctypes.byref(address)))
    return address.value or 0


def reshaped_view(array: Array, shape: tuple[int, ...]) -> Array:
    """The same memory in another shape, outside every recorded graph.

    It calls MXNet's C interface itself: ``reshape`` of an array takes ten times as long.
    """
    handle, sizes = mx.base.NDArrayHandle(), (ctypes.c_int64 * len(shape))(*shape)
    mx.base.check_call(
        mx.base._LIB.MXNDArrayReshape64(
            array.handle, ctypes.c_int(len(shape)), sizes, ctypes.c_bool(False), ctypes.byref(handle)
        )
    )
    return np.ndarray(handle)
