"""Candidates of PyTorch's side, drawn from the log-uniform distribution and corrected with NumPy."""

from __future__ import annotations

import numpy


def draw_words(vocab_size: int, n: int, rng: numpy.random.Generator) -> tuple[numpy.ndarray, int]:
    """Return `n` different ids from the log-uniform distribution in the order they came, and the tries."""
    draws = numpy.empty(0, dtype=numpy.int64)
    while True:
        uniform = rng.random(4 * n)
        ids = numpy.exp(uniform * numpy.log1p(vocab_size)).astype(numpy.int64) - 1
        draws = numpy.concatenate([draws, numpy.minimum(ids, vocab_size - 1)])
        first = numpy.unique(draws, return_index=True)[1]
        if first.size >= n:
            first.sort()
            return draws[first[:n]], int(first[n - 1]) + 1


def log_expected_count(ids: numpy.ndarray, num_tries: int, vocab_size: int) -> numpy.ndarray:
    """Return log Q(id) for a draw of different ids that took `num_tries`, float32 of the shape of `ids`."""
    p = numpy.log1p(1 / (ids + 1.0)) / numpy.log1p(vocab_size)
    log_q: numpy.ndarray = numpy.log(-numpy.expm1(num_tries * numpy.log1p(-p)))
    return log_q.astype(numpy.float32)


def hits_of(target: numpy.ndarray, candidates: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Return the positions whose target is a candidate, and which candidate that is."""
    order = numpy.argsort(candidates)
    place = numpy.searchsorted(candidates, target, sorter=order)
    column = order[numpy.minimum(place, candidates.size - 1)]
    positions = numpy.flatnonzero(candidates[column] == target)
    return positions, column[positions]
