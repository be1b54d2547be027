"""Equal as numbers, or the first difference in one line: both shapes, the first NaN's place."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax.coursework.compare import difference

A = numpy.array([[1.0, 2.0], [3.0, 4.0]])
NAN = numpy.array([[1.0, 5.0], [3.0, numpy.nan]])


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (A.astype("float32"), A),
        (A.tolist(), A),
        (A + 1e-6, A),
        (True, 1),
        (3, numpy.int64(3)),
        (numpy.float64(0.5), 0.5),
        ((1, 2), [1.0, 2.0]),
        (numpy.array([1, 2]), (1, 2)),
        (numpy.inf, numpy.inf),
        (numpy.nan, numpy.nan),
        ("text", "text"),
        (None, None),
        ({"a": 1, "b": A}, {"b": A, "a": 1.0}),
        ({1, 2}, {2, 1}),
        ([2, 1, 1], {1, 2}),
        (([1], [2, 3]), ((1,), (2, 3))),
        (numpy.array([[1, 2], [3, 4]]), ([1, 2], [3, 4])),
        ([], ()),
    ],
)
def test_equal(got: object, want: object) -> None:
    assert difference(got, want, 1e-4, 1e-6) is None


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (A[0], A, "the shape is (2,) where (2, 2) is expected"),
        (1.0, A, "the shape is () where (2, 2) is expected"),
        (A, 1.0, "the shape is (2, 2) where () is expected"),
        (A + 0.1, A, "at [0, 0]: 1.1 where 1 is expected"),
        (NAN, A, "at [1, 1]: nan where 4 is expected"),
        (-numpy.inf, 1.0, "-inf where 1 is expected"),
        (1.0, numpy.nan, "1 where nan is expected"),
        (None, A, "nothing (None) where an array of shape (2, 2) is expected"),
        ("1", 1, "'1' where a number is expected"),
        ({"a": 1}, 1, "{'a': 1} where a number is expected"),
        ([[1, 2], [3]], A, "[[1, 2], [3]] where an array of shape (2, 2) is expected"),
        ([None], [1], "at [0]: nan where 1 is expected"),
        (10**400, 1, f"1{'0' * 76}... where a number is expected"),
        (1, "1", "1 where '1' is expected"),
        (0, None, "0 where nothing (None) is expected"),
        ({"a": 1}, {"b": 1}, "keys ['a'] where ['b'] are expected"),
        ([1], {"b": 1}, "[1] where a dict is expected"),
        ({"a": 1, "b": [1, 3]}, {"a": 1, "b": [1, 2]}, "['b'] at [1]: 3 where 2 is expected"),
        ({1}, {1, 2}, "[1] where [1, 2] are expected"),
        (3, {1, 2}, "3 where a set is expected"),
        (((1,), (2,)), ((1,), (2, 3)), "[1] the shape is (1,) where (2,) is expected"),
        (((1,),), ((1,), (2, 3)), "1 values where 2 are expected"),
        (1, ((1,), (2, 3)), "1 where a sequence of 2 is expected"),
        ((A, A + 1), (A, A), "[1] at [0, 0]: 2 where 1 is expected"),
    ],
)
def test_the_first_difference(got: Any, want: object, said: str) -> None:
    assert difference(got, want, 1e-4, 1e-6) == said


def test_the_tolerances_are_relative_and_absolute() -> None:
    assert difference(100.9, 100.0, 1e-2, 0.0) is None
    assert difference(101.1, 100.0, 1e-2, 0.0) == "101.1 where 100 is expected"
    assert difference(0.9e-3, 0.0, 0.0, 1e-3) is None
    assert difference(1.1e-3, 0.0, 0.0, 1e-3) is not None


def test_only_infinity_equals_infinity() -> None:
    want = numpy.array([1.0, -numpy.inf])
    assert difference(numpy.array([1.0, -numpy.inf]), want, 1e-4, 1e-6) is None
    for got in (-1e30, 0.0, numpy.inf, numpy.nan):
        assert difference(numpy.array([1.0, got]), want, 1e-4, 1e-6)
    assert difference(numpy.array([numpy.inf]), numpy.array([1.0]), 1e-4, 1e-6)
