"""``np.array(host)`` waits for MXNet's engine; here arrays reach a device, or another shape, without it.

``np.array`` asks the engine for permission to write, a round trip over its workers: 0.2 ms where they are
idle, and as long as their current operators take where they are not. Nothing else can know a new array yet,
so on a CPU its memory can be written at once.
"""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING

import numpy

from ..utils.checks import numbers_on_host
from ..utils.types import Array, Context, Ids, Numbers
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
        # MXNet's operators do not mix int64 ids with int32 ones
        ids = ids.as_np_ndarray().astype("int32", copy=False)
        return ids if ctx is None else ids.as_in_ctx(ctx)
    return as_device_array(ids, "int32", ctx)


def as_array_like(like: Array, array: Numbers, name: str) -> Array:
    """Numbers of the host or on a device, lists too, in the dtype and on the context of `like`.

    An MXNet array that autograd records keeps its gradient. Raises TypeError, for the argument `name`, for
    what is no array of numbers.
    """
    if isinstance(array, mx.nd.NDArray):
        return array.as_np_ndarray().astype(like.dtype, copy=False).as_in_ctx(like.ctx)
    return as_device_array(numbers_on_host(name, array), like.dtype, like.ctx)


def zeros_after(nothing: Array, shape: tuple[int, ...]) -> Array:
    """Zeros of `shape` that depend on an empty array, so that a backward from them reaches its origin.

    MXNet's products and sums over an axis fail on an empty array, later and elsewhere.
    """
    size = math.prod(shape)
    if not size:
        return nothing.reshape(shape)
    zeros = np.zeros((size,), dtype=nothing.dtype, ctx=nothing.ctx)
    return np.concatenate([zeros, nothing.reshape(-1)]).reshape(shape)


def address_of(array: Array) -> int:
    """The address in memory of the first element of an MXNet array on a CPU."""
    address = ctypes.c_void_p()
    mx.base.check_call(mx.base._LIB.MXNDArrayGetData(array.handle, ctypes.byref(address)))
    return address.value or 0


def unordered_view(array: Array) -> Array:
    """The same memory as an array that MXNet's engine knows nothing of: a legacy one, outside every graph.

    The engine orders whatever reads and writes one array. What a backward in Python reads when the engine
    calls it is put in line behind all that the program has asked for meanwhile, such as a Trainer's step; and
    where that step waits for the very gradient that the backward is to give, both wait for ever. Reading
    through this view waits for nothing. It is right where the array is computed already, and where what will
    write to it waits for the reader: the caller sees to both.

    MXNet's own functions for DLPack wait for the array first; the library's, called here, do not.
    """
    library, capsule, handle = mx.base._LIB, ctypes.c_void_p(), mx.base.NDArrayHandle()
    mx.base.check_call(library.MXNDArrayToDLPack(array.handle, ctypes.byref(capsule)))
    mx.base.check_call(library.MXNDArrayFromDLPackEx(capsule, ctypes.c_bool(False), ctypes.byref(handle)))
    view: Array = mx.nd.NDArray(handle)  # type: ignore[assignment]  # legacy
    return view


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
