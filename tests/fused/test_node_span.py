"""Spans of pairs as rows of a table: every span of a group, packed and unpacked, beside a loop over pairs."""

from __future__ import annotations

import itertools

import numpy
import pytest

from gluon_softmax.fused.node_span import NodeSpan, span_table


@pytest.mark.parametrize("size", [1, 2, 5])
def test_rows_hold_the_pairs_that_pass_and_those_that_take_turn_0(size: int) -> None:
    table = span_table(size)
    assert table.shape == ((size + 1) ** 2, size) and table.dtype == numpy.float32
    edges = list(itertools.combinations_with_replacement(range(size + 1), 3))
    spans = NodeSpan(*numpy.array(edges).T)
    weight_row, label_row = spans.pack(size)
    for (begin, turn, end), weight, label in zip(edges, table[weight_row], table[label_row]):
        assert weight.tolist() == [begin <= pair < end for pair in range(size)]
        assert label.tolist() == [begin <= pair < turn for pair in range(size)]
    for found, expected in zip(NodeSpan.unpack(weight_row, label_row, size), spans):
        numpy.testing.assert_array_equal(found, expected)


def test_the_drawn_example() -> None:
    span = NodeSpan(*(numpy.array(edge) for edge in (1, 3, 5)))
    weight, label = (span_table(5)[row].tolist() for row in span.pack(5))
    assert weight == [0, 1, 1, 1, 1] and label == [0, 1, 1, 0, 0]
