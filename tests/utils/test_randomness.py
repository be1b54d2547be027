"""Draws by place: reproducible, different elsewhere, uniform, and the same in any order."""

from __future__ import annotations

import itertools

import numpy
import pytest

from gluon_softmax.utils.randomness import derive_rng, derive_seed, uniform_from

MASK = 2**64 - 1


def splitmix64(state: int) -> int:
    """The next output of SplitMix64, in Python's integers; the state has been advanced already."""
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


def test_another_place_is_another_stream() -> None:
    places = list(itertools.product((0, 1), (0, 1, 7), (0, 1), ("noise", "window")))
    draws = {derive_rng(*place).integers(2**62) for place in places}
    assert len(draws) == len(places) == len({derive_seed(*place) for place in places})
    for place in places:
        assert derive_rng(*place).integers(2**62) == derive_rng(*place).integers(2**62)
        assert 0 <= derive_seed(*place) == derive_seed(*place) < 2**31


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_uniform_from_is_splitmix64(seed: int) -> None:
    keys = numpy.array([0, 1, 2, 12345, 2**40, 2**62])
    wanted = [splitmix64((int(key) * 0x9E3779B97F4A7C15 + seed) & MASK) / 2**64 for key in keys]
    numpy.testing.assert_allclose(uniform_from(keys, seed), wanted, rtol=0, atol=2**-53)


def test_splitmix64_as_published() -> None:
    """The first outputs for seed 1234567, from the reference implementation by Vigna (prng.di.unimi.it)."""
    outputs = [splitmix64((1234567 + k * 0x9E3779B97F4A7C15) & MASK) for k in (1, 2, 3)]
    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("seed", [0, 5])
def test_uniform_from_is_uniform_and_independent(seed: int) -> None:
    n, bins = 40_000, 20
    values = uniform_from(numpy.arange(n), seed)
    assert values.min() >= 0 and values.max() < 1
    seen = numpy.bincount((values * bins).astype(int), minlength=bins)
    assert ((seen - n / bins) ** 2 / (n / bins)).sum() < 43.8  # 19 degrees of freedom: once in a thousand
    assert abs(numpy.corrcoef(values[:-1], values[1:])[0, 1]) < 4 / n**0.5
    assert abs(numpy.corrcoef(values, uniform_from(numpy.arange(n), seed + 1))[0, 1]) < 4 / n**0.5


def test_uniform_from_keeps_shape_and_order() -> None:
    keys = numpy.arange(12).reshape(3, 4)
    numpy.testing.assert_array_equal(uniform_from(keys, 3)[::-1, 1:], uniform_from(keys[::-1, 1:], 3))
