"""Tables as plain text, with columns of one width."""

from __future__ import annotations

from typing import Sequence


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line per row, each column as wide as its widest cell; a row may have fewer cells than others."""
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows), default=0))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
