"""Every draw derives from (seed, epoch, step, purpose).

So nothing random needs saving, and a resumed run equals an uninterrupted one.
"""

from __future__ import annotations

import numbers
import zlib
from typing import Union

import numpy

from .checks import check_positive_int, shown

Seed = Union[numpy.random.Generator, int, None]


def as_generator(name: str, rng: Seed) -> numpy.random.Generator:
    """A NumPy Generator: itself, one from a seed, or with None one of fresh entropy.

    Raises TypeError or ValueError, for the argument `name`, for anything else.
    """
    if isinstance(rng, numpy.random.Generator):
        return rng
    if isinstance(rng, bool) or not (rng is None or isinstance(rng, numbers.Integral)):
        raise TypeError(f"{name} takes a NumPy Generator, a seed or None; got {shown(rng)}")
    return numpy.random.default_rng(None if rng is None else check_positive_int(name, rng, 0))


def derive_rng(seed: int, epoch: int, step: int, purpose: str) -> numpy.random.Generator:
    """The generator of one draw; another seed, epoch, step or purpose gives an independent stream."""
    return numpy.random.default_rng([seed, epoch, step, zlib.crc32(purpose.encode())])


def derive_seed(seed: int, epoch: int, step: int, purpose: str) -> int:
    """An int for ``mx.random.seed``, from the same derivation."""
    return int(derive_rng(seed, epoch, step, purpose).integers(2**31))


def uniform_from(keys: numpy.ndarray, seed: int) -> numpy.ndarray:
    """A uniform float64 in [0, 1) for each key (...), which depends on the key and on `seed` alone.

    SplitMix64 (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators"), at the position
    in its stream that the key says: the order of draws does not matter, so a batch that is split over several
    contexts sees the numbers of the whole batch.
    """
    with numpy.errstate(over="ignore"):  # 64-bit arithmetic wraps around on purpose
        mixed = keys.astype(numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15) + numpy.uint64(seed)
        mixed = (mixed ^ (mixed >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> numpy.uint64(31)
    return (mixed >> numpy.uint64(11)) * 2.0**-53
