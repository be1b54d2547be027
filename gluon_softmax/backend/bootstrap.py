"""The one place that imports MXNet: it mends what today's NumPy took away, then turns on MXNet's NumPy
arrays.

MXNet 1.9.1 reads ``numpy.bool`` at import, which NumPy removed in 1.24, and ``distutils``, which left the
standard library in Python 3.12 (setuptools brings it back). Importing this module therefore comes before any
``import mxnet`` or ``import d2l``. ``npx.set_np()`` is called here, as in the book, so arrays at the surface
are ``mxnet.numpy`` arrays.

OpenMP's threads are told to sleep while they wait (``OMP_WAIT_POLICY=passive``, unless the environment says
otherwise): by default those of MXNet's several workers spin, and take the cores from each other as soon as
anything else runs on the machine. The OpenBLAS inside MXNet knows no processor after 2019 and takes newer
ones for a Haswell; where they have AVX-512 it is told so (``OPENBLAS_CORETYPE``, unless it is set), which
makes ``batch_dot`` twice as fast. Where there are two cores or more, MXNet's engine gets two workers, so that
operators that do not wait for each other run side by side (``MXNET_CPU_WORKER_NTHREADS``), and enough scratch
memory that they do not wait for that either (``MXNET_CPU_TEMP_COPY``); results stay the same. `memory`
says how memory is kept.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import warnings

import numpy

from ..utils.errors import BackendError
from ..utils.memory import set_memory


def _check_ground() -> None:
    """Say in one sentence what is missing, before MXNet fails with a riddle."""
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


def _lend_numpy_bool() -> None:
    if "bool" not in vars(numpy):
        numpy.bool = bool  # type: ignore[attr-defined]  # the name MXNet 1.9.1 reads at import


def _has_avx512() -> bool:
    """Whether Linux says that this processor has all that OpenBLAS's kernels for SkylakeX use."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            flags = next((line.split() for line in file if line.startswith("flags")), [])
    except OSError:
        return False
    return {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"} <= set(flags)


_check_ground()
set_memory()
_lend_numpy_bool()
if sys.version_info >= (3, 12):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import setuptools  # noqa: F401  # puts distutils back where Python 3.12 took it away

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
