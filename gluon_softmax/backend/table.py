"""MXNet draws a parameter whole and keeps the memory of the draw; here a large table is drawn block by block.

MXNet copies the drawn values into the parameter and keeps the buffer of the draw, as large again, for good
(one for each of its four temporary spaces): two tables of 400 MB took 2.2 GB. Drawn block by block, straight
into the parameter's memory, the same seed gives the same values.

That memory is in huge pages where Linux has them: rows at random places of a large table each miss the
processor's cache of addresses while pages have 4 KiB, and pages of 2 MiB have to be asked for.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import numpy

from ..utils.checks import shown
from ..utils.types import Array, Context, InitializerLike
from .arrays import address_of
from .bootstrap import autograd, gluon, init, mx, np

_TAKES = "an MXNet initializer, its name or None"
_VALUES_PER_BLOCK = 1 << 20  # even, since MXNet draws normal values in pairs
_DRAWN_IN_ORDER = (init.Uniform, init.Normal)  # their values do not depend on the shape
_HUGE_PAGE = 1 << 21  # bytes
_MADV_HUGEPAGE = 14  # Linux's number of the advice


def check_initializer(name: str, value: InitializerLike) -> InitializerLike:
    """`value` if it is an initializer, the name of one, or None; Gluon would find out at the first values.

    Raises TypeError for anything else, ValueError for a name that MXNet does not know.
    """
    if value is None or isinstance(value, init.Initializer):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{name} takes {_TAKES}; got {shown(value)}")
    try:
        mx.initializer.create(value)
    except (AssertionError, TypeError, ValueError):  # no such name, or one that needs arguments
        raise ValueError(f"{name} takes {_TAKES}; got {shown(value)}") from None
    return value


class TableParameter(gluon.Parameter):
    """A weight (V, d) as any other, whose initial values take no second buffer of its size.

    Only Uniform and Normal values are drawn block by block; any other initializer draws the table whole.
    """

    _deferred_init: tuple[Any, ...]

    def _finish_deferred_init(self) -> None:
        if not self._deferred_init:
            return
        chosen, contexts, default, given = self._deferred_init
        draw = mx.initializer.create(chosen)
        whole = given is not None or type(draw) not in _DRAWN_IN_ORDER
        if whole or len(self.shape) != 2 or self.shape[0] * self.shape[1] <= _VALUES_PER_BLOCK:
            super()._finish_deferred_init()
            return
        self._deferred_init = ()
        with autograd.pause():
            table = np.empty(self.shape, dtype=self.dtype, ctx=mx.cpu())
            _advise_huge_pages(table)
            rows = max(2, _VALUES_PER_BLOCK // self.shape[1] // 2 * 2)
            for start in range(0, self.shape[0], rows):
                description = mx.initializer.InitDesc(self.name, {"__init__": chosen})
                mx.initializer.create(default)(description, table[start : start + rows])
            self._init_impl(_CopiedElsewhere(table), contexts)


class _CopiedElsewhere:
    """An array that ``copyto`` copies to other contexts, and returns itself for its own."""

    def __init__(self, array: Array) -> None:
        self._array = array

    def copyto(self, ctx: Context) -> Array:
        return self._array if ctx == self._array.ctx else self._array.copyto(ctx)


def _advise_huge_pages(array: Array) -> None:
    """Advise Linux to use huge pages for an array; elsewhere, or where there are none, nothing changes."""
    if not sys.platform.startswith("linux"):
        return
    address = address_of(array)
    begin = -(-address // _HUGE_PAGE) * _HUGE_PAGE
    size = array.size * numpy.dtype(array.dtype).itemsize
    end = (address + size) // _HUGE_PAGE * _HUGE_PAGE
    if end > begin:
        ctypes.CDLL(None).madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _MADV_HUGEPAGE)
