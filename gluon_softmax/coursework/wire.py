"""Values as JSON, between the checker and the process that runs a student's code, which is not trusted.

Numbers, text, None, sequences, sets, mappings and arrays pass; arrays of any library as NumPy's, anything
that can be iterated as a list. No pickle: what comes back can be wrong, but never code.
"""

from __future__ import annotations

import base64
import itertools
import json
from typing import Iterable, Mapping

import numpy

MAX_ITEMS = 100_000  # of an iterable; a longer one may be endless


def dumps(value: object) -> str:
    """One line of JSON; TypeError for what has no place in it."""
    return json.dumps(_encoded(value))


def loads(line: str) -> object:
    """The value of a line; ValueError if the line is none of `dumps`'s."""
    try:
        return _decoded(json.loads(line))
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a value: {line[:80]!r}") from error


def plain(value: object) -> object:
    """The value as the other side will see it."""
    return loads(dumps(value))


def _encoded(value: object) -> object:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "asnumpy"):
        value = value.asnumpy()
    elif hasattr(value, "detach"):  # a tensor of PyTorch
        value = value.detach().numpy()
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return _encoded_array(numpy.asarray(value))
    if isinstance(value, Mapping):
        return {"mapping": [[_encoded(key), _encoded(member)] for key, member in value.items()]}
    if isinstance(value, (set, frozenset)):
        return {"set": [_encoded(member) for member in value]}
    if isinstance(value, Iterable):
        return [_encoded(member) for member in itertools.islice(value, MAX_ITEMS)]
    raise TypeError(f"a {type(value).__name__} is no number, text, array or collection of these")


def _encoded_array(array: numpy.ndarray) -> object:
    if array.dtype.kind not in "biuf":
        return [_encoded(member) for member in array.tolist()] if array.ndim else str(array)
    data = base64.b64encode(numpy.ascontiguousarray(array).tobytes()).decode("ascii")
    return {"array": data, "dtype": array.dtype.str, "shape": list(array.shape)}


def _decoded(value: object) -> object:
    if isinstance(value, list):
        return tuple(_decoded(member) for member in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        dtype = numpy.dtype(str(value["dtype"]))
        if dtype.kind not in "biuf":
            raise ValueError(f"an array of {dtype}")
        flat = numpy.frombuffer(base64.b64decode(value["array"]), dtype)
        return flat.reshape([int(size) for size in value["shape"]]).copy()
    if "set" in value:
        return {_decoded(member) for member in value["set"]}
    return {_decoded(key): _decoded(member) for key, member in value["mapping"]}
