"""``import mxnet`` fails with today's NumPy and Python; this one place imports it, and mends that.

MXNet 1.9.1 reads ``numpy.bool`` at import, which NumPy removed in 1.24, and ``distutils``, which left the
standard library in Python 3.12 (setuptools brings it back). This module therefore has to be imported before
any ``import mxnet`` or ``import d2l``. It calls ``npx.set_np()``, as the book does, so that arrays at the
surface are ``mxnet.numpy`` arrays.

It also sets what MXNet's libraries read from the environment at import, unless the environment has it; the
results of a computation stay the same:

- ``OMP_WAIT_POLICY=passive``: OpenMP's threads sleep while they wait. By default those of MXNet's several
  workers spin, and take the cores from each other as soon as anything else runs.
- ``OPENBLAS_CORETYPE=SkylakeX`` on a processor with AVX-512: the OpenBLAS inside MXNet knows no processor
  after 2019 and takes newer ones for a Haswell, with which ``batch_dot`` takes twice as long.
- ``MXNET_CPU_WORKER_NTHREADS=2`` where there are two cores or more: operators that do not depend on each
  other run in parallel.
- ``MXNET_CPU_TEMP_COPY=8`` there: enough scratch memory that they do not wait for that either.

`gluon_softmax.utils.memory` sets how the C library keeps memory.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import warnings

import numpy

from ..utils.errors import BackendError
from ..utils.memory import configure_malloc


def _check_requirements() -> None:
    """Raise a BackendError that says what is missing, before MXNet fails with an error that does not."""
    major = int(numpy.__version__.split(".")[0])
    if major >= 2:
        raise BackendError(
            f"MXNet 1.9.1 needs numpy<2 and found numpy {numpy.__version__}: "
            "run `pip install 'numpy<2'` and restart Python (the notebook's kernel)"
        )
    if sys.version_info >= (3, 12) and importlib.util.find_spec("setuptools") is None:
        raise BackendError(
            "MXNet 1.9.1 needs distutils, gone since Python 3.12: run `pip install setuptools`"
        )


def _restore_numpy_bool() -> None:
    """Put ``numpy.bool`` back where NumPy has none."""
    if "bool" not in vars(numpy):
        numpy.bool = bool  # type: ignore[attr-defined]  # the name MXNet 1.9.1 reads at import


def _has_avx512() -> bool:
    """Whether Linux reports all the instructions that OpenBLAS's kernels for SkylakeX use."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            flags = next((line.split() for line in file if line.startswith("flags")), [])
    except OSError:
        return False
    return {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"} <= set(flags)


_check_requirements()
configure_malloc()
_restore_numpy_bool()
if sys.version_info >= (3, 12):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import setuptools  # noqa: F401  # brings back distutils, which Python 3.12 removed

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
if (os.cpu_count() or 1) > 1:
    os.environ.setdefault("MXNET_CPU_WORKER_NTHREADS", "2")
    os.environ.setdefault("MXNET_CPU_TEMP_COPY", "8")
if _has_avx512():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
try:
    import mxnet as mx  # after the mending above
except OSError as error:
    raise BackendError(
        f"MXNet cannot load a library of the system ({error}); "
        "where that is libgomp.so.1, `sudo apt-get install libgomp1` brings it"
    ) from error
from mxnet import autograd, gluon, init, nd, np, npx  # noqa: E402
from mxnet.gluon import nn, rnn  # noqa: E402
from mxnet.util import np_array  # noqa: E402

npx.set_np()

__all__ = ["autograd", "gluon", "init", "mx", "nd", "nn", "np", "np_array", "npx", "rnn"]
