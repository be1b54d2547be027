"""MXNet as this package needs it, one fault per file: importing anything from here imports MXNet, mended."""

from .bootstrap import autograd, gluon, init, mx, nd, nn, np, np_array, npx, rnn

__all__ = ["autograd", "gluon", "init", "mx", "nd", "nn", "np", "np_array", "npx", "rnn"]
