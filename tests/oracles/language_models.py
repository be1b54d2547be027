"""A small language model to test, with a batch and a state for it."""

from __future__ import annotations

from typing import Any

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import init, mx, np
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.utils.types import Array, Context, Contexts

V, D, H, T, B = 11, 4, 3, 5, 3
COUNTS = numpy.arange(V, 0, -1)
RNG = numpy.random.default_rng(3)
INPUTS = RNG.integers(0, V, (T, B)).astype(numpy.int32)
TARGETS = RNG.integers(0, V, (T, B)).astype(numpy.int32)
CELLS = ("rnn_tanh", "rnn_relu", "gru", "lstm")


def make(
    cell: str = "gru",
    contexts: Contexts = None,
    hybridize: bool = False,
    layer: OutputLayer | None = None,
    **kwargs: Any,
) -> Any:
    layer = gs.FullSoftmax(V, H) if layer is None else layer
    net = gs.LanguageModel(V, D, H, layer, cell=cell, **kwargs)
    mx.random.seed(7)
    net.initialize(init.Normal(0.7), ctx=contexts)
    for name, parameter in net.collect_params().items():  # else every bias is zero
        if name.endswith("bias"):
            parameter.set_data(np.random.normal(0, 0.5, parameter.shape))
    if hybridize:
        net.hybridize(static_alloc=True)
    return net


def random_state(net: gs.LanguageModel, batch_size: int = B) -> list[numpy.ndarray]:
    rng = numpy.random.default_rng(1)
    return [rng.normal(size=array.shape).astype("float32") for array in net.begin_state(batch_size)]


def on(ctx: Context | None, *arrays: numpy.ndarray) -> list[Array]:
    """Copies of arrays on `ctx`."""
    return [np.array(array, dtype=array.dtype, ctx=ctx) for array in arrays]
