"""A word that the training text lacks counts as half an occurrence: its probability is small, and not zero.

One such word in a held-out text would make the perplexity infinite.
"""

from __future__ import annotations

import numpy

_HALF_AN_OCCURRENCE = 0.5


def smoothed_counts(counts: numpy.ndarray) -> numpy.ndarray:
    """Counts (V,) in float64, where half an occurrence (of fractions, half the smallest) stands for 0."""
    smoothed = numpy.array(counts, dtype=numpy.float64)
    smoothed[smoothed == 0] = min(_HALF_AN_OCCURRENCE, smoothed[smoothed > 0].min() / 2)
    return smoothed


def smoothed_log_noise(
    noise: numpy.ndarray, counts: numpy.ndarray, power: float, excluded: frozenset[int]
) -> numpy.ndarray:
    """The logarithm of `noise` (V,), for a word that is never drawn that of its smoothed count: float64 (V,).

    noise (V,), which is proportional to counts^power (V,) for the words that are drawn. Those `excluded` have
    probability 0, −inf here.
    """
    log_counts = numpy.log(smoothed_counts(counts))
    likeliest = int(numpy.argmax(noise))
    never = noise == 0
    log_noise: numpy.ndarray = numpy.log(numpy.where(never, 1.0, noise))
    smoothed = numpy.log(noise[likeliest]) + power * (log_counts - log_counts[likeliest])
    log_noise[never] = smoothed[never]
    log_noise[sorted(excluded)] = -numpy.inf
    return log_noise
