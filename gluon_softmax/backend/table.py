"""A table of rows in memory: a large one is drawn a block at a time, straight into huge pages where it stays.

MXNet draws a parameter whole, copies it to its place, and keeps the buffer of the draw, as large again, for
good (one for each of its four temporary spaces): two tables of 400 MB took 2.2 GB. A block at a time the same
seed gives the same values. Rows at random places of a large table each miss the processor's cache of
addresses while pages have 4 KiB; Linux makes them of 2 MiB where it is asked.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import numpy

from .arrays import address_of
from .bootstrap import autograd, gluon, init, mx, np

_BLOCK = 1 << 20  # values drawn at once: even, since normal ones come in pairs
_DRAWN_IN_ORDER = (init.Uniform, init.Normal)  # whose values do not depend on the shape
_HUGE_PAGE, _MADV_HUGEPAGE = 1 << 21, 14


class TableParameter(gluon.Parameter):
    """A weight (V, d) like any other, but for how its first values come to be."""

    _deferred_init: tuple[Any, ...]

    def _finish_deferred_init(self) -> None:
        if not self._deferred_init:
            return
        chosen, contexts, default, given = self._deferred_init
        draw = mx.initializer.create(chosen)
        whole = given is not None or type(draw) not in _DRAWN_IN_ORDER
        if whole or len(self.shape) != 2 or self.shape[0] * self.shape[1] <= _BLOCK:
            super()._finish_deferred_init()
            return
        self._deferred_init = ()
        with autograd.pause():
            table = np.empty(self.shape, dtype=self.dtype, ctx=mx.cpu())
            _ask_for_huge_pages(table)
            rows = max(2, _BLOCK // self.shape[1] // 2 * 2)
            for start in range(0, self.shape[0], rows):
                description = mx.initializer.InitDesc(self.name, {"__init__": chosen})
                mx.initializer.create(default)(description, table[start : start + rows])
            self._init_impl(_Placed(table), contexts)


class _Placed:
    """An array that is not copied to where it is already."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def copyto(self, ctx: Any) -> Any:
        return self._array if ctx == self._array.ctx else self._array.copyto(ctx)


def _ask_for_huge_pages(array: Any) -> None:
    """Only asks: on another system, or where the kernel has none, the pages stay as they are."""
    if not sys.platform.startswith("linux"):
        return
    address = address_of(array)
    begin = -(-address // _HUGE_PAGE) * _HUGE_PAGE
    size = array.size * numpy.dtype(array.dtype).itemsize
    end = (address + size) // _HUGE_PAGE * _HUGE_PAGE
    if end > begin:
        ctypes.CDLL(None).madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _MADV_HUGEPAGE)
