"""Tables of text."""

from __future__ import annotations

from gluon_softmax.pictures.table import table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table([["a", "bb"], ["ccc", ""], ["d"]]) == ["a    bb", "ccc", "d"]
    assert table([]) == []
