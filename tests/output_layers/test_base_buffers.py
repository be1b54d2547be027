"""Arrays that a program fills again right after a backward: the gradient is of what they held before."""

from __future__ import annotations

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import autograd, init, mx, np

V, D, N = 3000, 64, 1000
LAYERS = {
    "full": lambda: gs.FullSoftmax(V, D),
    "negative sampling": lambda: gs.NegativeSampling(numpy.arange(V, 0, -1), D),
    "nce": lambda: gs.NCE(numpy.arange(V, 0, -1), D, 500),
    "hierarchical": lambda: gs.HierarchicalSoftmax(numpy.arange(V, 0, -1), D),
    "sampled": lambda: gs.SampledSoftmax(V, D, 500),
    "adaptive": lambda: gs.AdaptiveSoftmax(V, D, [2000]),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_buffer_of_hidden_vectors_targets_and_weights_may_be_filled_again(name: str) -> None:
    layer = LAYERS[name]()
    layer.initialize(init.Normal(0.1))
    rng = numpy.random.default_rng(0)
    values = rng.normal(size=(N, D)), rng.integers(V, size=N), rng.uniform(1, 2, N), rng.uniform(1, 2, N)
    found = []
    for overwrite in (False, True):
        layer.resample(numpy.random.default_rng(1))
        hidden, target, weight, factor = (
            np.array(value, dtype=dtype)
            for value, dtype in zip(values, ("float32", "int32", "float32", "float32"))
        )
        mx.nd.waitall()
        with autograd.record():
            loss = layer(hidden, target, weight) * factor
        loss.backward()
        if overwrite:
            hidden[:] = 0
            target[:] = 0
            weight[:] = 0
        found.append([parameter.grad().asnumpy() for parameter in layer.collect_params().values()])
    for kept, overwritten in zip(*found):
        numpy.testing.assert_array_equal(kept, overwritten)
