"""Noise distributions beside TensorFlow's formulas and figures, slow sums and chi-square tests."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.draws import COUNTS, assert_chi_square, samplers

from gluon_softmax.vocabulary.samplers import (
    LogUniformSampler,
    Sampler,
    UniformSampler,
    UnigramSampler,
    alias_table,
)


def assert_drawn_from(ids: numpy.ndarray, p: numpy.ndarray) -> None:
    """Ids of probability 0 never come; the histogram of the others passes a chi-square test at 1 in 1,000."""
    observed = numpy.bincount(ids, minlength=p.size)
    assert observed.size == p.size and not observed[p == 0].any()
    assert_chi_square(observed[p > 0], ids.size * p[p > 0])


def test_log_uniform_probabilities() -> None:
    """TensorFlow, N = 5."""
    p = LogUniformSampler(5).prob(numpy.arange(5))
    assert numpy.allclose(p, [0.386853, 0.226294, 0.160558, 0.124539, 0.101756], atol=5e-7)
    assert p.dtype == numpy.float64
    slow = [math.log((k + 2) / (k + 1)) / math.log(6) for k in range(5)]
    assert numpy.allclose(p, slow, rtol=1e-12)


def test_log_uniform_expected_counts() -> None:
    """TensorFlow, N = 5, 7 tries, unique; with replacement 7 p."""
    sampler, ids = LogUniformSampler(5), numpy.arange(5)
    unique = sampler.expected_count(ids, 7, unique=True)
    assert numpy.allclose(unique, [0.967420, 0.834030, 0.706280, 0.605853, 0.528196], atol=5e-7)
    p = [math.log((k + 2) / (k + 1)) / math.log(6) for k in range(5)]
    assert numpy.allclose(unique, [1 - (1 - q) ** 7 for q in p], rtol=1e-12)
    assert numpy.allclose(sampler.expected_count(ids, 7), [7 * q for q in p], rtol=1e-12)


def test_expected_count_of_rare_and_of_certain_ids() -> None:
    """Where 1 − (1 − p)^tries would round to 0 it is tries · p; a certain id comes once."""
    p = LogUniformSampler(10**9).prob([10**9 - 1])
    count = LogUniformSampler(10**9).expected_count([10**9 - 1], 3, unique=True)
    assert 0 < p[0] < 1e-10 and numpy.allclose(count, 3 * p, rtol=1e-9)
    assert UnigramSampler([0, 5]).expected_count([0, 1], 9, unique=True).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("range_max", [1, 10, 1000, 100_000])
def test_log_uniform_sums_to_one(range_max: int) -> None:
    assert abs(LogUniformSampler(range_max).prob(numpy.arange(range_max)).sum() - 1) < 1e-12


def test_log_uniform_histogram() -> None:
    """TensorFlow: a histogram of 1,000 draws of range 10 is within .05."""
    sampler = LogUniformSampler(10)
    ids = sampler.sample(1000, rng=0)
    assert ids.dtype == numpy.int64 and sampler.num_tries == 1000
    assert numpy.abs(numpy.bincount(ids, minlength=10) / 1000 - sampler.prob(numpy.arange(10))).max() < 0.05


def test_unigram_probabilities() -> None:
    """TensorFlow: counts 2^0 … 2^8, power .8 → 2^(.8 i) / 197.05."""
    p = UnigramSampler([2**i for i in range(9)], power=0.8).prob(numpy.arange(9))
    assert numpy.allclose(p, [2 ** (0.8 * i) / 197.05 for i in range(9)], rtol=1e-4)


def test_unigram_counts_in_any_order() -> None:
    weights = [count**0.75 for count in COUNTS]
    sampler = UnigramSampler(COUNTS)
    assert numpy.allclose(sampler.prob(range(8)), [w / sum(weights) for w in weights], rtol=1e-12)
    ids: list[Any] = [[4, 0], [1, 4]]
    assert sampler.prob(ids).shape == (2, 2) and sampler.num_classes == 6


@pytest.mark.parametrize("power", [0.0, -1.0, 1.0])
def test_zero_counts_are_never_drawn(power: float) -> None:
    p = UnigramSampler([0, 2, 8, 0], power=power).prob(numpy.arange(4))
    assert numpy.allclose(p, [0, 2**power / (2**power + 8**power), 8**power / (2**power + 8**power), 0])


def test_powers_do_not_overflow() -> None:
    p = UnigramSampler([1e300, 2e300, 1e-300], power=3).prob([0, 1, 2])
    assert numpy.allclose(p, [1 / 9, 8 / 9, 0], rtol=1e-9)


def test_excluded_ids_leave_the_rest_in_proportion() -> None:
    counts = numpy.array([100.0, 5, 20])
    sampler = UnigramSampler(counts, power=1, exclude=[0])
    assert numpy.allclose(sampler.prob([0, 1, 2]), [0, 0.2, 0.8])
    assert counts.tolist() == [100, 5, 20]  # the caller's array is its own
    assert 0 not in sampler.sample(2000, rng=0)


@pytest.mark.parametrize("sampler", samplers(), ids=repr)
def test_draws_follow_prob(sampler: Sampler) -> None:
    p = sampler.prob(numpy.arange(8))
    assert abs(p.sum() - 1) < 1e-12
    assert_drawn_from(sampler.sample(40_000, rng=3), p)


def test_draws_of_a_large_unigram() -> None:
    counts = numpy.random.default_rng(1).zipf(1.3, 100_000) % 10_000
    sampler = UnigramSampler(counts)
    ids = sampler.sample(500_000, rng=2)
    assert counts[ids].min() > 0
    p = sampler.prob(numpy.arange(100_000))
    groups = numpy.arange(100_000) % 50
    assert_drawn_from(groups[ids], numpy.bincount(groups, weights=p))


@settings(deadline=None)
@given(st.lists(st.integers(0, 5) | st.floats(0, 1e9), min_size=1, max_size=50).filter(any))
def test_alias_table_holds_the_distribution(counts: list[float]) -> None:
    weights = numpy.array(counts, dtype=float)
    p = weights / weights.sum()
    keep, alias = alias_table(p)
    held = numpy.zeros(p.size)
    for i in range(p.size):  # what a uniform id gives to itself and to its alias
        held[i] += keep[i] / p.size
        held[alias[i]] += (1 - keep[i]) / p.size
    assert numpy.allclose(held, p, atol=1e-12)
    assert not keep[p == 0].any() and p[alias].min() > 0


@pytest.mark.parametrize("sampler", samplers(), ids=repr)
@pytest.mark.parametrize("unique", [False, True])
def test_a_seed_decides_the_draw(sampler: Sampler, unique: bool) -> None:
    first = sampler.sample(5, unique, rng=11)
    assert (first == sampler.sample(5, unique, rng=numpy.random.default_rng(11))).all()
    others = [sampler.sample(5, unique, rng=seed).tolist() for seed in range(12, 20)]
    assert any(other != first.tolist() for other in others)


def test_without_a_seed_draws_differ() -> None:
    sampler = UniformSampler(10**9)
    assert (sampler.sample(20) != sampler.sample(20)).any()


@pytest.mark.parametrize(
    "counts, error, message",
    [
        ([1, -1], ValueError, "counts .* got -1.0 for id 1"),
        ([1, math.nan], ValueError, "counts .* got nan for id 1"),
        ([1, math.inf], ValueError, "counts .* got inf for id 1"),
        ([0, 0, 0], ValueError, "counts .* got 3 zeros"),
        ([], ValueError, r"counts .* got shape \(0,\)"),
        ([[1, 2]], ValueError, r"counts .* got shape \(1, 2\)"),
        (["a"], TypeError, "counts takes a sequence of numbers"),
        (None, TypeError, "counts takes a sequence of numbers"),
    ],
)
def test_wrong_counts(counts: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        UnigramSampler(counts)


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="power takes a finite number, got nan"):
        UnigramSampler([1, 2], power=math.nan)
    with pytest.raises(ValueError, match="exclude takes ids that leave a count above 0; got 2"):
        UnigramSampler([1, 2, 0], exclude=[0, 1])
    with pytest.raises(ValueError, match=r"exclude takes ids in \[0, 2\); got 2"):
        UnigramSampler([1, 2], exclude=[2])
    makers: list[Any] = [LogUniformSampler, UniformSampler]
    for make in makers:
        with pytest.raises(ValueError, match="range_max takes an integer of at least 1, got 0"):
            make(0)
        with pytest.raises(TypeError, match="range_max takes an integer"):
            make(2.5)


@pytest.mark.parametrize("sampler", samplers(), ids=repr)
def test_wrong_ids_and_numbers(sampler: Sampler) -> None:
    for ids in ([8], [-1]):
        with pytest.raises(ValueError, match=r"ids takes ids in \[0, 8\)"):
            sampler.prob(ids)
    wrong: list[Any] = [[1.5], [math.nan]]
    for floats in wrong:
        with pytest.raises(TypeError, match="ids takes integer ids"):
            sampler.expected_count(floats, 3)
    with pytest.raises(ValueError, match="num_tries takes an integer of at least 1, got 0"):
        sampler.expected_count([1], 0)
    with pytest.raises(ValueError, match="n takes an integer of at least 1, got 0"):
        sampler.sample(0)
    with pytest.raises(ValueError, match=f"n takes at most {sampler.num_classes} where unique=True.*got 9"):
        sampler.sample(9, unique=True)
    assert sampler.sample(sampler.num_classes, unique=True, rng=0).size == sampler.num_classes
