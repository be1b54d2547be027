"""``np.array(host)`` waits for MXNet's engine; here arrays reach a device, or another shape, without it.

``np.array`` asks the engine for permission to write, a round trip over its workers: 0.2 ms where they are
idle, and as long as their current operators take where they are not. Nothing else can know a new array yet,
so on a CPU its memory can be written at once.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy

from ..utils.types import Array, Context, Ids
from .bootstrap import mx, np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


def as_device_array(array: ArrayLike, dtype: DTypeLike, ctx: Context | None = None) -> Array:
    """A copy of a host array as an MXNet array of `dtype` on `ctx`, the current context if None."""
    ctx = mx.current_context() if ctx is None else ctx
    host = numpy.asarray(array, dtype=dtype, order="C")
    if ctx.device_type != "cpu" or host.ndim == 0 or host.size == 0:
        return np.array(host, dtype=host.dtype, ctx=ctx)
    on_device = np.empty(host.shape, dtype=host.dtype, ctx=ctx)
    ctypes.memmove(address_of(on_device), host.ctypes.data, host.nbytes)
    return on_device


def as_ids(ids: Ids, ctx: Context | None = None) -> Array:
    """Ids (...) as an int32 MXNet array on `ctx`.

    Without a context an MXNet array stays on its own, and host ids go to the current one.
    """
    if isinstance(ids, mx.nd.NDArray):
        ids = ids.astype("int32", copy=False)  # MXNet's operators do not mix int64 ids with int32 ones
        return ids if ctx is None else ids.as_in_ctx(ctx)
    return as_device_array(ids, "int32", ctx)


def address_of(array: Array) -> int:
    """The address in memory of the first element of an MXNet array on a CPU."""
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
