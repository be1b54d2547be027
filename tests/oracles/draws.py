"""Samplers of eight ids to try, and a chi-square test of what they draw."""

from __future__ import annotations

import math

import numpy

from gluon_softmax.vocabulary.samplers import LogUniformSampler, Sampler, UniformSampler, UnigramSampler

COUNTS = [0, 40, 3, 0, 500, 1, 90, 12]


def samplers() -> list[Sampler]:
    return [
        LogUniformSampler(8),
        UniformSampler(8),
        UnigramSampler(COUNTS),
        UnigramSampler(COUNTS, power=0.0),
        UnigramSampler(COUNTS, power=1.0, exclude=[4]),
    ]


def assert_chi_square(observed: numpy.ndarray, expected: numpy.ndarray, variance: float = 1.0) -> None:
    """Pearson's statistic stays below its 0.999 quantile, by Wilson and Hilferty's approximation."""
    freedom = observed.size - 1
    if freedom:
        statistic = ((observed - expected) ** 2 / expected).sum() / variance
        spread = 2 / (9 * freedom)
        assert statistic < freedom * (1 - spread + 3.0902 * math.sqrt(spread)) ** 3
