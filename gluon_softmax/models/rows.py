"""Rows of word vectors: checked, scaled to length 1, and the highest of their scores; NumPy alone."""

from __future__ import annotations

from typing import Sequence, Union

import numpy

from ..utils.checks import on_host
from ..utils.types import AnyArray

Matrix = Union[AnyArray, Sequence[Sequence[float]]]  # one row per word
_BLOCK = 1 << 14  # rows or scores handled at once, so that a million words need no second copy in float64


def finite_rows(matrix: Matrix, tokens: Sequence[str]) -> numpy.ndarray:
    """`matrix` as a float32 copy (V, d), finite, one row per token.

    Raises TypeError for what are no numbers, ValueError for another shape and for NaN or infinity.
    """
    given = on_host(matrix, "matrix")
    if given.dtype.kind not in "iuf":
        raise TypeError(f"matrix takes numbers; got dtype {given.dtype}")
    if given.ndim != 2 or not given.size:
        raise ValueError(f"matrix takes shape (words, dimensions), both at least 1; got {given.shape}")
    if len(given) != len(tokens):
        raise ValueError(f"matrix takes one row for each of {len(tokens)} tokens; got {len(given)} rows")
    with numpy.errstate(over="ignore"):  # infinite where float32 cannot hold a number
        rows = given.astype(numpy.float32)
    for start in range(0, len(rows), _BLOCK):
        for i, j in numpy.argwhere(~numpy.isfinite(rows[start : start + _BLOCK]))[:1]:
            i += start
            raise ValueError(f"matrix takes finite float32 numbers; got {given[i, j]} for {tokens[i]!r}")
    return rows


def unit_rows(matrix: numpy.ndarray) -> numpy.ndarray:
    """The rows of `matrix` (V, d) with length 1, in float32; those of zeros stay so.

    Column after column in memory: the product of a million rows with a vector then takes half the time.
    """
    unit = numpy.empty(matrix.shape, numpy.float32, order="F")
    for start in range(0, len(matrix), _BLOCK):
        rows = matrix[start : start + _BLOCK]
        norms = numpy.sqrt(numpy.einsum("vd,vd->v", rows, rows, dtype=numpy.float64))
        unit[start : start + _BLOCK] = rows / numpy.where(norms, norms, 1.0)[:, None]
    return unit


def zero_rows(matrix: numpy.ndarray) -> numpy.ndarray:
    """The numbers of the rows of `matrix` (V, d) that hold nothing but zeros, in rising order."""
    blocks = (matrix[start : start + _BLOCK].any(axis=1) for start in range(0, len(matrix), _BLOCK))
    return numpy.flatnonzero(~numpy.concatenate(list(blocks)))


def highest(scores: numpy.ndarray, count: int) -> numpy.ndarray:
    """The numbers of the `count` highest of `scores` (V,), the highest first; of equal ones the first.

    The count-th highest among the maxima of blocks is at most the count-th highest score, so whatever lies
    below it needs no sorting: a million scores take a millisecond or two.
    """
    width = max(1, len(scores) // (16 * count))
    whole = len(scores) // width * width
    maxima = scores[:whole].reshape(-1, width).max(axis=1)
    if len(maxima) > count:
        floor = numpy.partition(maxima, len(maxima) - count)[len(maxima) - count]
        candidates = numpy.flatnonzero(scores >= floor)
    else:
        candidates = numpy.arange(len(scores))
    best: numpy.ndarray = candidates[numpy.argsort(-scores[candidates], kind="stable")][:count]
    return best
