"""Word vectors that two files of tests ask questions of."""

from __future__ import annotations

import numpy
import pytest
from oracles.word_vectors import ROYAL

from gluon_softmax.models.vectors import WordVectors


@pytest.fixture
def royal() -> WordVectors:
    return WordVectors(list(ROYAL), numpy.array(list(ROYAL.values())))


@pytest.fixture
def random_vectors() -> WordVectors:
    rng = numpy.random.default_rng(0)
    tokens = ["<unk>", "the", "N", "<eos>", "chip", "über", "#", "co.", *(f"word{i}" for i in range(40))]
    scales = 10.0 ** rng.integers(-30, 30, size=(48, 1))
    return WordVectors(tokens, (rng.normal(size=(48, 7)) * scales).astype(numpy.float32))
