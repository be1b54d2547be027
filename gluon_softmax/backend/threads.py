"""``npx.set_np()`` holds for the thread that calls it; here NumPy arrays are on in every thread.

In another thread (a web server's, a notebook's, one that trains) Gluon made legacy arrays, and each block
failed at the first of them. Two switches belong to a thread: Python's, which says what an array is made as,
and that of MXNet's library, without which a scalar's shape ``()`` is an unknown one. Both are switched on
where a thread first asks for Python's, as every Gluon block does.
"""

from __future__ import annotations

import threading

from .bootstrap import mx


class _NumpyMode(threading.local):
    """Python's switch, made anew for each thread that looks at it: on, until the thread switches it off."""

    def __init__(self) -> None:
        self.value = mx.util._NumpyArrayScope(True)
        mx.util.set_np_shape(True)


def use_numpy_arrays() -> None:
    """Switch both on in this thread, unless it has looked at them before."""
    mx.util.is_np_array()


mx.util._NumpyArrayScope._current = _NumpyMode()
