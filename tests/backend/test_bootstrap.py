"""The one import of MXNet: what it mends, what it turns on, and what it says where MXNet cannot run."""

from __future__ import annotations

import importlib.util
import sys

import numpy
import pytest

from gluon_softmax.backend import bootstrap
from gluon_softmax.utils.errors import BackendError


def test_numpy_arrays_are_on() -> None:
    assert isinstance(bootstrap.np.ones((2,)) + 1, bootstrap.mx.np.ndarray)
    assert bootstrap.mx.util.is_np_array() and bootstrap.mx.util.is_np_shape()
    assert float(bootstrap.np.ones(()).sum()) == 1.0  # a scalar is an array of shape ()


def test_numpy_bool_is_restored_only_where_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(numpy), "bool", raising=False)
    bootstrap._restore_numpy_bool()
    assert vars(numpy)["bool"] is bool
    monkeypatch.setitem(vars(numpy), "bool", "their own")
    bootstrap._restore_numpy_bool()
    assert vars(numpy)["bool"] == "their own"


def test_numpy_2_is_refused_with_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numpy, "__version__", "2.1.3")
    with pytest.raises(
        BackendError, match=r"needs numpy<2 and found numpy 2\.1\.3: run `pip install 'numpy<2'`"
    ):
        bootstrap._check_requirements()


@pytest.mark.parametrize("version, found", [((3, 11), False), ((3, 12), True), ((3, 12), False)])
def test_python_3_12_needs_setuptools(
    version: tuple[int, int], found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: "there" if found else None)
    if version >= (3, 12) and not found:
        with pytest.raises(BackendError, match=r"distutils, .*: run `pip install setuptools`"):
            bootstrap._check_requirements()
    else:
        bootstrap._check_requirements()
