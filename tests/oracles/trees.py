"""Codes of a tree as text, for tests to compare and to read."""

from __future__ import annotations

import heapq
from typing import Iterable

import numpy


def spelt(rows: Iterable[numpy.ndarray]) -> list[str]:
    """Each row of turns as a word of 0 and 1."""
    return ["".join(map(str, row.tolist())) for row in rows]


def heap_cost(counts: list[int]) -> int:
    """The least Σ count · length: the sum of all merged weights, by the textbook heap."""
    heap = list(counts)
    heapq.heapify(heap)
    cost = 0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        cost += merged
        heapq.heappush(heap, merged)
    return cost
