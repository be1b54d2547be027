"""Values between two processes: what goes in comes out as plain data, and nothing but values does."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy
import pytest

from gluon_softmax.coursework import wire


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2**70, 2**70),
        (0.1, 0.1),
        ("text σ", "text σ"),
        ([1, (2, [3])], (1, (2, (3,)))),
        ({1, 2}, {1, 2}),
        (frozenset(["a"]), {"a"}),
        ({"a": [1], 2: None, (1, 2): 3}, {"a": (1,), 2: None, (1, 2): 3}),
        (range(3), (0, 1, 2)),
        (iter([1, 2]), (1, 2)),
        (numpy.array(["a", "b"]), ("a", "b")),
    ],
)
def test_values_pass(value: object, plain: object) -> None:
    assert wire.plain(value) == plain


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "uint8", "bool", ">f8"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3)])
def test_arrays_pass_bit_by_bit(dtype: str, shape: tuple[int, ...]) -> None:
    array = numpy.array(numpy.random.default_rng(0).normal(size=shape) * 9, dtype)
    got = wire.plain(array)
    assert isinstance(got, numpy.ndarray) and got.dtype == array.dtype and got.flags.writeable
    numpy.testing.assert_array_equal(got, array)
    numpy.testing.assert_array_equal(wire.plain(array.T), array.T)


def test_special_numbers_and_scalars_pass() -> None:
    got: Any = wire.plain([float("nan"), float("-inf"), numpy.float32(0.5)])
    assert numpy.isnan(got[0]) and got[1] == -numpy.inf and got[2] == 0.5


def test_arrays_of_other_libraries_become_numpys() -> None:
    class Mine:
        def asnumpy(self) -> numpy.ndarray:
            return numpy.arange(3)

    class Tensor:
        def detach(self) -> Tensor:
            return self

        def numpy(self) -> numpy.ndarray:
            return numpy.arange(3)

    for value in (Mine(), Tensor()):
        numpy.testing.assert_array_equal(wire.plain(value), [0, 1, 2])


def test_an_endless_iterable_has_an_end() -> None:
    assert len(wire.plain(itertools.count())) == wire.MAX_ITEMS  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [object(), 1j, len, [1, {2: lambda: 0}]])
def test_what_is_no_value_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="is no number, text, array or collection of these"):
        wire.dumps(value)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "not json",
        "{}",
        '{"array": 1}',
        '{"array": "!!", "dtype": "f8", "shape": [1]}',
        '{"array": "AAAA", "dtype": "f8", "shape": [1]}',
        '{"array": "AAAAAAAAAAA=", "dtype": "f8", "shape": [2]}',
        '{"array": "AAAAAAAAAAA=", "dtype": "O", "shape": [1]}',
        '{"array": "AAAAAAAAAAA=", "dtype": "no", "shape": [1]}',
        '{"set": 3}',
        '{"set": [{"set": []}]}',
        '{"mapping": [1]}',
        '{"mapping": [[{"set": []}, 1]]}',
        json.dumps({"other": 1}),
        "[" * 100_000,
    ],
)
def test_a_damaged_line_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError):
        wire.loads(line)
