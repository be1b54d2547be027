"""MXNet's note on lazy updates is given where nobody reads it: a notebook shows it in red, as an error.

The first Adam step on a row-sparse gradient writes to the process's stderr, from C++ and once per thread,
that absent rows do not move. `RowSparseParameter` says so in its docstring.
"""

from __future__ import annotations

import os
import sys
import threading

from .bootstrap import nd

_given = threading.local()


def give_lazy_note_unheard() -> None:
    """Make such a step on a table of one number, with stderr closed meanwhile; once per thread."""
    if getattr(_given, "done", False):
        return
    _given.done = True
    weight, mean, variance = (nd.zeros((1, 1)) for _ in range(3))
    gradient = nd.sparse.zeros("row_sparse", (1, 1))
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        stderr = os.dup(2)
    except OSError:  # it is closed already
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        nd.adam_update(weight, gradient, mean, variance, out=weight, lr=0.0, lazy_update=True)
        weight.wait_to_read()
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)
