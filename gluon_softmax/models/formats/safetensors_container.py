"""A safetensors file: its tensors by name, through the library where it is installed, else by its layout.

8 bytes    the length N of what follows, little-endian
N bytes    JSON: name → {"dtype": "F32", "shape": [V, d], "data_offsets": [begin, end]}
the rest   the numbers, little-endian; offsets count from here
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Mapping

import numpy

from ...utils.files import parse_json, whole_file
from ...utils.library import import_library

Tensors = Mapping[str, numpy.ndarray]
_DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "u1", "U16": "<u2"}
_MAX_HEADER = 100_000_000  # bytes: the library's limit


def write_tensors(path: Path, tensors: Tensors) -> None:
    """Write float32 tensors; the metadata say "format": "pt", which transformers asks for."""
    metadata = {"format": "pt"}
    whole = {name: numpy.ascontiguousarray(tensor, "<f4") for name, tensor in tensors.items()}
    with whole_file(path) as file:
        try:
            save = import_library("safetensors.numpy", "format safetensors").save
        except ImportError:  # the same bytes, in a few lines
            file.write(_header(whole, metadata))
            file.writelines(tensor.data for tensor in whole.values())
        else:
            file.write(save(whole, metadata))


def _header(tensors: Tensors, metadata: Mapping[str, str]) -> bytes:
    entries: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for name, tensor in tensors.items():
        begin, end = end, end + tensor.nbytes
        entries[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text


def read_tensors(path: Path) -> Tensors:
    """The tensors of a file; those of a kind of number that NumPy has not are left out.

    They are read by the layout above, which gives every damage a sentence that names the file. Raises
    ValueError for what is no safetensors file or a damaged one.
    """
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(_MAX_HEADER, len(content) - 8):
        raise ValueError(
            f"{path}: takes a safetensors file; got {len(content)} bytes, whose first say {length}"
        )
    try:
        header = parse_json(content[8 : 8 + length])
        if not isinstance(header, dict):
            raise ValueError("its header is no object")
        data = memoryview(content)[8 + length :]
        return {
            name: _tensor(data, entry)
            for name, entry in header.items()
            if name != "__metadata__" and not (isinstance(entry, dict) and entry.get("dtype") not in _DTYPES)
        }
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise ValueError(f"{path} is damaged: {error}") from None


def _tensor(data: memoryview, entry: Mapping[str, Any]) -> numpy.ndarray:
    dtype, shape = numpy.dtype(_DTYPES[entry["dtype"]]), entry["shape"]
    begin, end = entry["data_offsets"]
    if not all(type(size) is int and size >= 0 for size in (*shape, begin, end)):
        raise ValueError("its sizes are no whole numbers")
    if not begin <= end <= len(data) or end - begin != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"a tensor of shape {shape} lies at {begin} to {end} of {len(data)} bytes")
    return numpy.frombuffer(data[begin:end], dtype).reshape(shape)
