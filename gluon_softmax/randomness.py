"""Every draw derives from (seed, epoch, step, purpose), so that nothing random needs saving and a resumed run equals an uninterrupted one."""

from __future__ import annotations

import zlib

import numpy


def derive_rng(seed: int, epoch: int, step: int, purpose: str) -> numpy.random.Generator:
    """The generator of one draw; other places, other purposes and other seeds give independent streams."""
    return numpy.random.default_rng([seed, epoch, step, zlib.crc32(purpose.encode())])


def derive_seed(seed: int, epoch: int, step: int, purpose: str) -> int:
    """An int for ``mx.random.seed``, from the same derivation."""
    return int(derive_rng(seed, epoch, step, purpose).integers(2**31))
