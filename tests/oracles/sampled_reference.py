"""A sampled softmax over nine words, and one with the arrays of TensorFlow's formula."""

from __future__ import annotations

from typing import Any

import numpy

from gluon_softmax import (
    SampledSoftmax,
    UniformSampler,
    UnigramSampler,
)
from gluon_softmax.backend import mx, np
from oracles.candidate_reference import (
    FixedSampler,
    made_ready,
    tensorflow_arrays,
)

V, D, S = 9, 5, 6
COUNTS = numpy.array([40, 7, 3, 25, 3, 12, 1, 9, 30])
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=8).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8, 5, 2, 0, 4], dtype=numpy.int32)
SAMPLERS: dict[str, Any] = {
    "log-uniform": None, "uniform": UniformSampler(V), "unigram": UnigramSampler(COUNTS),
}  # fmt: skip


def make(
    contexts: Any = None, hybridize: bool = False, num_sampled: int = S, **kwargs: Any
) -> SampledSoftmax:
    mx.random.seed(7)
    layer = SampledSoftmax(V, D, num_sampled, weight_initializer=mx.init.Normal(1.0), **kwargs)
    return made_ready(layer, contexts, hybridize)


def known(remove: bool, **kwargs: Any) -> tuple[SampledSoftmax, Any, Any]:
    """The layer, hidden and target of TensorFlow's own formula in NumPy, its candidates 1, 0, 2, 3."""
    weight, bias, hidden, target = tensorflow_arrays()
    layer = SampledSoftmax(
        5, 10, 4, FixedSampler([1, 0, 2, 3], [0.5] * 5), remove_accidental_hits=remove, **kwargs
    )
    layer.initialize()
    layer.weight.set_data(np.array(weight))
    layer.bias.set_data(np.array(bias[:, None]))
    return layer, hidden, target
