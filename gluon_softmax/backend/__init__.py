"""MXNet as this package needs it, one fault per file: importing anything from here imports MXNet, mended."""

from .bootstrap import autograd, gluon, init, mx, nd, nn, np, np_array, npx, rnn

# isort: split
from . import copying, threads  # what they mend holds once they are imported

__all__ = [
    "autograd",
    "copying",
    "gluon",
    "init",
    "mx",
    "nd",
    "nn",
    "np",
    "np_array",
    "npx",
    "rnn",
    "threads",
]
