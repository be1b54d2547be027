"""MXNet as we need it: one fault, one file. Importing anything from here has imported MXNet, mended."""

from .bootstrap import autograd, gluon, init, mx, nd, nn, np, np_array, npx, rnn

__all__ = ["autograd", "gluon", "init", "mx", "nd", "nn", "np", "np_array", "npx", "rnn"]
