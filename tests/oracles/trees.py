"""Codes of a tree as text, for tests to compare and to read."""

from __future__ import annotations

from typing import Iterable

import numpy


def spelt(rows: Iterable[numpy.ndarray]) -> list[str]:
    """Each row of turns as a word of 0 and 1."""
    return ["".join(map(str, row.tolist())) for row in rows]
