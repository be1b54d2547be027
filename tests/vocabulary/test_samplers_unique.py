"""Unique sampling beside TensorFlow's figures, draws made one by one, and known numbers of tries."""

from __future__ import annotations

import math

import numpy
import pytest
from oracles.draws import assert_chi_square, samplers

from gluon_softmax.vocabulary.samplers import LogUniformSampler, Sampler, UniformSampler, UnigramSampler


def test_unique_draws_of_a_large_vocabulary() -> None:
    """TensorFlow: 8,192 unique of 793,472 take about 16,050 tries."""
    sampler = LogUniformSampler(793_472)
    tries = []
    for seed in range(5):
        ids = sampler.sample(8192, unique=True, rng=seed)
        assert numpy.unique(ids).size == 8192
        tries.append(sampler.num_tries)
    assert abs(numpy.mean(tries) - 16_050) < 150


def test_log_uniform_unique_frequencies() -> None:
    """TensorFlow: unique 50 of 100, 100 batches: frequency within .2 of the expected count."""
    sampler, rng = LogUniformSampler(100), numpy.random.default_rng(0)
    seen, expected = numpy.zeros(100), numpy.zeros(100)
    for _ in range(100):
        seen[sampler.sample(50, unique=True, rng=rng)] += 1 / 100
        expected += sampler.expected_count(numpy.arange(100), sampler.num_tries, unique=True) / 100
    assert numpy.abs(seen - expected).max() < 0.2
    assert abs(expected.sum() - 50) < 2


@pytest.mark.parametrize("sampler", samplers(), ids=repr)
@pytest.mark.parametrize("n", [1, 3, 5])
def test_unique_draws_are_the_first_of_each(sampler: Sampler, n: int) -> None:
    """Beside draws one by one: the law of the last id, by a chi-square test, and the mean of the tries."""
    p = sampler.prob(numpy.arange(8))
    rng = numpy.random.default_rng(7)
    rounds = 3000
    tries = numpy.empty(rounds)
    last = numpy.empty(rounds, dtype=int)
    for i in range(rounds):
        ids = sampler.sample(n, unique=True, rng=rng)
        assert ids.shape == (n,) and len(set(ids.tolist())) == n and p[ids].min() > 0
        tries[i], last[i] = sampler.num_tries, ids[-1]
    slow_tries, slow_last = numpy.empty(rounds), numpy.empty(rounds, dtype=int)
    for i in range(rounds):
        drawn = rng.choice(8, p=p, size=4000).tolist()
        slow_last[i] = list(dict.fromkeys(drawn))[n - 1]
        slow_tries[i] = drawn.index(slow_last[i]) + 1
    table = numpy.stack([numpy.bincount(last, minlength=8), numpy.bincount(slow_last, minlength=8)])
    table = table[:, table.sum(axis=0) > 10]
    # the expectation is the mean of two samples, so the difference from it has half of a histogram's variance
    assert_chi_square(table[0], table.mean(axis=0), variance=0.5)
    spread = math.sqrt((tries.var() + slow_tries.var()) / rounds)
    assert abs(tries.mean() - slow_tries.mean()) <= 4 * spread


@pytest.mark.parametrize("seed", range(20))
def test_tries_are_where_the_last_new_id_came(seed: int) -> None:
    """The same seed drawn with replacement shows the sequence that unique sampling saw."""
    sampler = LogUniformSampler(50)
    with_repeats = sampler.sample(28, rng=seed).tolist()  # as many as the first block of 6 unique ones
    ids = sampler.sample(6, unique=True, rng=seed)
    assert list(dict.fromkeys(with_repeats[: sampler.num_tries])) == ids.tolist()
    assert with_repeats[sampler.num_tries - 1] not in with_repeats[: sampler.num_tries - 1]


@pytest.mark.parametrize("make", [LogUniformSampler, UniformSampler])
def test_unique_draws_of_every_class_end(make: type[LogUniformSampler] | type[UniformSampler]) -> None:
    sampler = make(20_000)
    ids = sampler.sample(20_000, unique=True, rng=0)
    assert sorted(ids.tolist()) == list(range(20_000))


def test_tries_for_all_coupons() -> None:
    """The coupon collector's problem: all N of a uniform distribution take N (1 + 1/2 + … + 1/N) tries."""
    sampler, rng = UniformSampler(30), numpy.random.default_rng(5)
    tries = []
    for _ in range(3000):
        sampler.sample(30, unique=True, rng=rng)
        tries.append(sampler.num_tries)
    expected = 30 * sum(1 / k for k in range(1, 31))
    assert abs(numpy.mean(tries) - expected) < 4 * numpy.std(tries) / math.sqrt(3000)


def test_a_hopeless_wait_is_counted_not_waited_for() -> None:
    """Of two words of weights 1e15 and 1 the second takes a geometric number of tries, 1e15 on average."""
    sampler, rng = UnigramSampler([1e15, 1], power=1), numpy.random.default_rng(0)
    tries = []
    for _ in range(400):
        assert sampler.sample(2, unique=True, rng=rng).tolist() == [0, 1]
        tries.append(sampler.num_tries)
    assert 0.8e15 < numpy.mean(tries) < 1.2e15
    extreme = UnigramSampler([1.0, 1e-320], power=1)
    assert extreme.sample(2, unique=True, rng=rng).tolist() == [0, 1]
    assert extreme.expected_count([0, 1], extreme.num_tries, unique=True)[0] == 1.0
