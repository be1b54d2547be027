"""The safetensors container: the library reads what a few lines write, and the other way round."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy
import pytest

from gluon_softmax.models.formats.safetensors_container import read_tensors, write_tensors

TENSORS = {
    "embeddings": numpy.arange(6, dtype=numpy.float32).reshape(3, 2),
    "more": numpy.ones(5, numpy.float32),
}


@pytest.mark.parametrize("with_library", [True, False])
def test_the_library_reads_what_is_written(
    with_library: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = pytest.importorskip("safetensors.numpy")
    if not with_library:
        monkeypatch.setattr(importlib, "import_module", _refuse)
    write_tensors(tmp_path / "v", TENSORS)
    for found in (library.load_file(str(tmp_path / "v")), read_tensors(tmp_path / "v")):
        assert set(found) == set(TENSORS)
        assert all((found[name] == tensor).all() for name, tensor in TENSORS.items())


def _refuse(module: str) -> Any:
    raise ImportError(module)


def test_the_layout_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib, "import_module", _refuse)
    write_tensors(tmp_path / "v", {"a": numpy.array([[1.0, -2.0]])})
    content = (tmp_path / "v").read_bytes()
    length = int.from_bytes(content[:8], "little")
    assert length % 8 == 0 and len(content) == 8 + length + 8
    assert json.loads(content[8 : 8 + length])["a"] == {
        "dtype": "F32",
        "shape": [1, 2],
        "data_offsets": [0, 8],
    }
    assert numpy.frombuffer(content[8 + length :], "<f4").tolist() == [1, -2]


def _file(header: object, data: bytes = b"\0" * 8) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def _entry(dtype: object = "F32", shape: object = (2,), offsets: object = (0, 8)) -> dict[str, object]:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "takes a safetensors file; got 0 bytes"),
        (b"\xff" * 20, "takes a safetensors file; got 20 bytes"),
        (_file(b"{}")[:9], "takes a safetensors file"),
        (_file([1]), "is damaged: its header is no object"),
        (_file(b"{nothing"), "is damaged: Expecting property name"),
        (_file({"a": 3}), "is damaged"),
        (_file(_entry(shape=(3,))), "is damaged: a tensor of shape"),
        (_file(_entry(offsets=(8, 16))), "is damaged: a tensor of shape"),
        (_file(_entry(offsets=(-8, 0))), "is damaged: its sizes are no whole numbers"),
        (_file(_entry(shape=(2.0,))), "is damaged: its sizes are no whole numbers"),
        (_file(_entry(shape=(True, 2))), "is damaged: its sizes are no whole numbers"),
        (_file(_entry(offsets=(0,))), "is damaged"),
        (_file(_entry(shape=3)), "is damaged"),
        (_file(_entry(shape=(2**70, 0))), "is damaged"),
    ],
)
def test_wrong_files(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(ValueError, match=f"v:? {message}"):
        read_tensors(tmp_path / "v")


def test_numbers_that_numpy_has_not_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "v").write_bytes(
        _file({**_entry(), "b": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}})
    )
    assert list(read_tensors(tmp_path / "v")) == ["a"]
