"""float16: a sentence on a CPU, where MXNet has no such products; on a GPU nearly what float32 gives."""

from __future__ import annotations

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import autograd, mx, np

COUNTS = [9, 30, 20, 10, 6, 5, 4, 3, 2, 1]
HIDDEN = numpy.random.default_rng(0).normal(size=(6, 8))
TARGET = numpy.array([1, 4, 9, 2, 7, 3])
MAKE = {
    "full": lambda: gs.FullSoftmax(10, 8),
    "negative sampling": lambda: gs.NegativeSampling(COUNTS, 8),
    "nce": lambda: gs.NCE(COUNTS, 8, 3),
    "hierarchical": lambda: gs.HierarchicalSoftmax(COUNTS, 8),
    "sampled": lambda: gs.SampledSoftmax(10, 8, 3),
    "adaptive": lambda: gs.AdaptiveSoftmax(10, 8, [4, 7], div_value=2.0),
}


@pytest.mark.parametrize("name", MAKE)
def test_a_cpu_refuses_float16_with_a_sentence(name):
    layer = MAKE[name]()
    layer.initialize()
    layer.cast("float16")
    hidden = np.array(HIDDEN, dtype="float16")
    for ask in (lambda: layer(hidden, TARGET), lambda: layer.log_prob(hidden)):
        with pytest.raises(TypeError, match=r"hidden takes float32 on a CPU.*got float16"):
            ask()


def test_a_table_can_be_float16_even_on_a_cpu():
    embed = gs.Embedding(10, 8)
    embed.initialize()
    rows = embed(TARGET).asnumpy()
    embed.hybridize()
    embed.cast("float16")
    narrow = embed(TARGET)
    assert narrow.dtype == numpy.float16
    numpy.testing.assert_array_equal(narrow.asnumpy(), rows.astype(numpy.float16))


@pytest.mark.gpu
@pytest.mark.parametrize("name", MAKE)
def test_a_gpu_takes_float16(name):
    layer = MAKE[name]()
    layer.initialize(ctx=mx.gpu(0))
    losses = {}
    for dtype in ("float32", "float16"):
        layer.cast(dtype)
        layer.resample(numpy.random.default_rng(0))
        with autograd.train_mode():
            losses[dtype] = layer(np.array(HIDDEN, dtype=dtype, ctx=mx.gpu(0)), TARGET).asnumpy()
    assert losses["float16"].dtype == numpy.float16
    numpy.testing.assert_allclose(losses["float16"], losses["float32"], rtol=2e-2, atol=2e-2)
