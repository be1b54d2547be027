"""Rows of vectors in blocks, and the highest of many scores, beside sorting them all."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gluon_softmax.models import rows


@settings(max_examples=200, deadline=None)
@given(
    scores=st.lists(st.integers(-3, 3) | st.floats(-1, 1, width=32), min_size=1, max_size=400),
    count=st.integers(1, 12),
)
def test_the_highest_are_those_of_a_stable_sort(scores: list[float], count: int) -> None:
    array = numpy.array(scores, numpy.float32)
    expected = numpy.argsort(-array, kind="stable")[:count]
    assert rows.highest(array, count).tolist() == expected.tolist()


def test_the_highest_of_many_scores() -> None:
    rng = numpy.random.default_rng(0)
    for size in (1, 16, 17, 1000, 100_003):
        scores = rng.normal(size=size).astype(numpy.float32).round(2)  # with ties
        for count in (1, 5, 10, size):
            expected = numpy.argsort(-scores, kind="stable")[:count]
            assert (rows.highest(scores, count) == expected).all()


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = numpy.random.default_rng(1).normal(size=(37, 5)).astype(numpy.float32)
    matrix[[0, 11, 36]] = 0
    whole, zeros = rows.unit_rows(matrix), rows.zero_rows(matrix)
    assert zeros.tolist() == [0, 11, 36] and (whole[zeros] == 0).all()
    others = numpy.delete(whole, zeros, axis=0)
    assert numpy.allclose(numpy.linalg.norm(others, axis=1), 1, atol=1e-6)
    monkeypatch.setattr(rows, "_BLOCK", 4)
    assert (rows.unit_rows(matrix) == whole).all() and (rows.zero_rows(matrix) == zeros).all()
    matrix[30, 2] = numpy.inf
    with pytest.raises(ValueError, match="takes finite float32 numbers; got inf for 'w30'"):
        rows.finite_rows(matrix, [f"w{i}" for i in range(37)])


def test_lengths_beyond_float32_s_squares() -> None:
    unit = rows.unit_rows(numpy.array([[3e38, 3e38], [1e-40, 0]], numpy.float32))
    assert numpy.allclose(unit, [[0.5**0.5, 0.5**0.5], [1, 0]], atol=1e-4)
