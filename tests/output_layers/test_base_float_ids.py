"""Targets in float arrays, as MXNet makes them by default and as d2l's batches hold them."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.every_layer import EVERY_LAYER, registered

import gluon_softmax as gs
from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.runs.layers import LAYERS


def loss_and_gradients(layer: Any, hidden: numpy.ndarray, target: Any) -> list[numpy.ndarray]:
    mx.random.seed(7)
    layer.initialize(mx.init.Normal(0.5), force_reinit=True)
    layer.resample(numpy.random.default_rng(0))
    with autograd.record():
        loss = layer(np.array(hidden), target)
    loss.backward()
    gradients = [p.grad() for p in layer.collect_params().values() if p.grad_req != "null"]
    dense = [g.tostype("default") if g.stype == "row_sparse" else g for g in gradients]
    return [loss.asnumpy(), *(gradient.asnumpy() for gradient in dense)]


@pytest.mark.parametrize("name", [*EVERY_LAYER, *(f"sparse {name}" for name in LAYERS)])
def test_whole_numbers_in_a_float_array_are_the_same_targets(name: str) -> None:
    layer = EVERY_LAYER[name]() if name in EVERY_LAYER else registered(name[len("sparse ") :], True)
    hidden = numpy.random.default_rng(5).normal(size=(4, layer.in_units)).astype(numpy.float32)
    ids = numpy.array([1, 3, layer.vocab_size - 1, 3], dtype=numpy.int32)
    wanted = loss_and_gradients(layer, hidden, ids)
    for floats in (np.array(ids, dtype="float32"), ids.astype(numpy.float32)):
        for found, right in zip(loss_and_gradients(layer, hidden, floats), wanted):
            numpy.testing.assert_array_equal(found, right)


def test_d2ls_four_arrays_go_through_the_skip_gram() -> None:
    net = gs.SkipGram(10, 8, EVERY_LAYER["negative sampling"]())
    net.initialize()
    words = numpy.array([[1, 2, 3], [4, 5, 0]])
    label, mask = [[1, 0, 0], [1, 0, 0]], [[1, 1, 1], [1, 1, 0]]
    losses = [
        net(np.array([[1], [2]], dtype=dtype), np.array(words, dtype=dtype), np.array(mask), np.array(label))
        for dtype in ("float32", "int32")
    ]
    numpy.testing.assert_array_equal(losses[0].asnumpy(), losses[1].asnumpy())
