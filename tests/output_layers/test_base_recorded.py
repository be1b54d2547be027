"""Gradients of log-probabilities, and of losses outside of training, in row-sparse tables."""

from __future__ import annotations

from typing import Any, Callable

import numpy
import pytest
from oracles.every_layer import COUNTS, IN_UNITS

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np

LAYERS: dict[str, Callable[..., Any]] = {
    "negative sampling": lambda **k: gs.NegativeSampling(COUNTS, IN_UNITS, **k),
    "nce": lambda **k: gs.NCE(COUNTS, IN_UNITS, 3, **k),
    "hierarchical": lambda **k: gs.HierarchicalSoftmax(COUNTS, IN_UNITS, **k),
    "sampled": lambda **k: gs.SampledSoftmax(10, IN_UNITS, 3, **k),
}
IDS = numpy.array([1, 2, 5, 9])
HIDDEN = np.array(numpy.random.default_rng(0).normal(size=(4, IN_UNITS)), dtype="float32")


def gradients(layer: Any, ask: str) -> list[numpy.ndarray]:
    with autograd.record(train_mode=False):
        loss = layer(HIDDEN, IDS) if ask == "loss" else layer.log_prob(HIDDEN) * np.array(COUNTS)
    loss.backward()
    found = [parameter.grad() for parameter in layer.collect_params().values()]
    return [(g if g.stype == "default" else g.tostype("default")).asnumpy() for g in found]


@pytest.mark.parametrize("ask", ["loss", "log_prob"])
@pytest.mark.parametrize("name", LAYERS)
def test_the_gradient_is_that_of_the_dense_layer(name: str, ask: str) -> None:
    found = []
    for sparse in (False, True):
        mx.random.seed(3)
        layer = LAYERS[name](sparse_grad=sparse)
        layer.initialize()
        found.append(gradients(layer, ask))
        gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.1}).step(1)
        found[-1] += [parameter.data().asnumpy() for parameter in layer.collect_params().values()]
    assert found[0][0].any()
    for dense, sparse_one in zip(*found):
        numpy.testing.assert_allclose(dense, sparse_one, rtol=1e-5, atol=1e-7)


def test_a_long_table_trains_fast_after_its_log_prob_was_recorded() -> None:
    layer = gs.SampledSoftmax(5000, IN_UNITS, 3, sparse_grad=True)
    layer.initialize()
    with autograd.record(train_mode=False):
        loss = layer(HIDDEN, IDS)
    loss.backward()
    assert layer.weight._is_worth_copying is None  # decided by the first batch of training, not by this
    with autograd.record():
        loss = layer(HIDDEN, IDS)
    loss.backward()
    assert layer.weight._is_worth_copying
    assert layer.weight.grad().indices.shape[0] < 10
