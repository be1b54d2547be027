"""How far a row of a table moves in a step in which very many pairs have it.

A step adds the changes that all of its pairs make to a row, computed at one and the same row: their sum, and
not their mean. Where most pairs of a step share a few rows, as in a text of a few words, or one without
subsampling, the sum leaps past the optimum, farther with every step, and the vectors grow without bound. So
the changes of such rows are multiplied by a factor below 1.

How many changes are too many depends on the rate, and on both tables together. The gradient of a score v . u
by v is u, and the other way round, so that a leap of v feeds that of u, and it is a product that grows: with
16 changes in each row v and 256 in each row u a text trains or diverges as it does with 64 and 64. So the
measure is the *geometric mean* of the changes that a pair meets in its two rows, on average over the pairs.
It is about the largest singular value of the matrix of how often each v meets each u in a step.

Everything is an expectation: the factors do not depend on the batches that were drawn.
"""

from __future__ import annotations

import math

import numpy

from ..utils.types import BlockBatches

_HALVINGS = 50
_TINY = 1e-30  # in place of zero, where nothing changes


def pairs_per_step(batches: BlockBatches) -> float:
    """How many pairs a batch of `batches` is expected to have."""
    return batches.batch_size * batches.expected_positions / max(1.0, float(batches.kept_counts.sum()))


def center_shares(batches: BlockBatches) -> numpy.ndarray:
    """The share of the centres, which is that of the context words, that each word is expected to have."""
    shares: numpy.ndarray = batches.kept_counts / max(1.0, float(batches.kept_counts.sum()))
    return shares


def changes_met(
    first: numpy.ndarray, second: numpy.ndarray, most: float = math.inf, most_of_second: float = math.inf
) -> float:
    """The geometric mean of the changes that a pair meets in its rows, with so many at most in a row."""
    return math.sqrt(_mean_met(first, most) * _mean_met(second, min(most, most_of_second)))


def row_damping(
    first: numpy.ndarray, second: numpy.ndarray, max_met: float, most_of_second: float = math.inf
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """What the changes of each row of two tables are multiplied by: min(1, most / changes).

    first (n,) and second (m,) are how many changes each row is expected to have in a step. `most` is as large
    as it may be for a pair to meet `max_met` changes on average, and without bound where it never meets so
    many; for the second table it is no more than `most_of_second`.
    """
    low = high = max(float(first.max()), float(second.max()))
    if changes_met(first, second, high, most_of_second) > max_met:
        low = 0.0
        for _ in range(_HALVINGS):
            most = (low + high) / 2
            met = changes_met(first, second, most, most_of_second)
            low, high = (most, high) if met <= max_met else (low, most)
    return _damping_to(first, low), _damping_to(second, min(low, most_of_second))


def _damping_to(changes: numpy.ndarray, most: float) -> numpy.ndarray:
    """Factors that leave no row more than `most` of its changes."""
    damping: numpy.ndarray = numpy.minimum(1.0, max(most, _TINY) / numpy.maximum(changes, _TINY))
    return damping


def _mean_met(changes: numpy.ndarray, most: float) -> float:
    """The changes in the row of a pair, on average over the pairs, with `most` in a row."""
    return float(changes @ numpy.minimum(changes, most)) / max(_TINY, float(changes.sum()))
