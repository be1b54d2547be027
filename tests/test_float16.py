"""float16: on a CPU an error that names the cause, as MXNet has no such products; on a GPU nearly float32."""

from __future__ import annotations

import numpy
import pytest
from oracles.every_layer import EVERY_LAYER

import gluon_softmax as gs
from gluon_softmax.backend import autograd, mx, np

HIDDEN = numpy.random.default_rng(0).normal(size=(6, 8))
TARGET = numpy.array([1, 4, 9, 2, 7, 3])


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_cpu_refuses_float16_with_a_sentence(name: str) -> None:
    layer = EVERY_LAYER[name]()
    layer.initialize()
    layer.cast("float16")
    hidden = np.array(HIDDEN, dtype="float16")
    for ask in (lambda: layer(hidden, TARGET), lambda: layer.log_prob(hidden)):
        with pytest.raises(TypeError, match=r"hidden takes float32 on a CPU.*got float16"):
            ask()


def test_a_table_can_be_float16_even_on_a_cpu() -> None:
    embed = gs.Embedding(10, 8)
    embed.initialize()
    rows = embed(TARGET).asnumpy()
    embed.hybridize()
    embed.cast("float16")
    narrow = embed(TARGET)
    assert narrow.dtype == numpy.float16
    numpy.testing.assert_array_equal(narrow.asnumpy(), rows.astype(numpy.float16))


@pytest.mark.gpu
@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_gpu_takes_float16(name: str) -> None:
    layer = EVERY_LAYER[name]()
    layer.initialize(ctx=mx.gpu(0))
    losses = {}
    for dtype in ("float32", "float16"):
        layer.cast(dtype)
        layer.resample(numpy.random.default_rng(0))
        with autograd.train_mode():
            losses[dtype] = layer(np.array(HIDDEN, dtype=dtype, ctx=mx.gpu(0)), TARGET).asnumpy()
    assert losses["float16"].dtype == numpy.float16
    numpy.testing.assert_allclose(losses["float16"], losses["float32"], rtol=2e-2, atol=2e-2)
