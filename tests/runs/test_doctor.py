"""The doctor: what it finds is there, and each advice comes where it must."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gluon_softmax.runs import doctor
from gluon_softmax.runs.doctor import Finding, as_text, examine, usable_cores


def test_everything_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_SIZE", 32)
    found = {finding.name: finding for finding in examine()}
    for name in (
        "Python",
        "NumPy",
        "MXNet",
        "d2l",
        "cores",
        "memory",
        "mini_ptb",
        "ptb",
        "products",
        "np.dot",
    ):
        assert found[name].value
    assert found["MXNet"].value.startswith("1.9.1")
    assert Path(found["mini_ptb"].value).is_file()


def test_text_marks_what_is_to_be_done() -> None:
    assert as_text([Finding("a", "1"), Finding("long", "2", "do it")]) == [
        "a     1", "long  2", "      -> do it", "1 to look at, each marked ->",
    ]  # fmt: skip
    assert as_text([Finding("a", "1")])[-1] == "nothing to mend was found"


@pytest.mark.parametrize(
    "threads, usable, advice",
    [
        (None, 2.0, "set OMP_NUM_THREADS=2"),
        ("16", 2.0, "set OMP_NUM_THREADS=2"),
        ("2", 2.0, None),
        (None, 8.0, None),
    ],
)
def test_threads(
    threads: str | None, usable: float, advice: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "usable_cores", lambda: usable)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "getloadavg", lambda: (usable + 1, 0.0, 0.0))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if threads is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
    cores, load = doctor._processor()
    assert cores.advice is None if advice is None else advice in str(cores.advice)
    assert "figures of speed vary" in str(load.advice)
    assert 0 < usable_cores() <= 4096


def test_ptb_that_is_not_there_and_cannot_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLUON_SOFTMAX_DATA", str(tmp_path / "new"))
    assert "downloads it" in doctor._corpora()[1].value
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "GLUON_SOFTMAX_DATA" in str(doctor._corpora()[1].advice)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "ptb.zip").touch()
    assert doctor._corpora()[1] == ("ptb", str(tmp_path / "new" / "ptb.zip"), None)


def test_a_card_that_mxnet_cannot_run_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import gluon_softmax.backend.device as device

    def try_gpu(i: int) -> str:
        import warnings

        warnings.warn(f"gpu({i}) is there, but", stacklevel=1)
        return "cpu(0)"

    monkeypatch.setattr(device, "try_gpu", try_gpu)
    mx: Any = SimpleNamespace(context=SimpleNamespace(num_gpus=lambda: 1))
    assert doctor._cards(mx) == [("gpu:0", "runs use cpu(0)", "gpu(0) is there, but")]


def test_an_mxnet_that_cannot_be_imported_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def fails(name: str, *rest: Any) -> Any:
        if "mx" in (rest[2] or () if len(rest) > 2 else ()):
            raise ImportError("libgomp.so.1")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", fails)
    assert examine()[-1] == ("MXNet", "cannot be imported", "ImportError: libgomp.so.1")
