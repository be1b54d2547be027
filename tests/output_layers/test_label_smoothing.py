"""Smoothed cross-entropy beside that of a target distribution in NumPy, in value and gradient."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax.backend import autograd, nn, np
from gluon_softmax.output_layers.label_smoothing import smoothed_cross_entropy

RNG = numpy.random.default_rng(1)
LOG_PROB = -RNG.exponential(size=(6, 4)).astype(numpy.float32)
TARGET = numpy.array([0, 3, 1, 1, 2, 0])
OUT_GRAD = RNG.normal(size=6).astype(numpy.float32)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.3, 1.0])
def test_it_is_the_cross_entropy_to_a_mixture(smoothing: float, hybridize: bool, contexts: Any) -> None:
    graph = nn.HybridLambda(lambda F, x, y: smoothed_cross_entropy(F, x, y, smoothing))
    graph.hybridize(hybridize)
    mixture = (1 - smoothing) * numpy.eye(4)[TARGET] + smoothing / 4
    for ctx in contexts:
        log_prob = np.array(LOG_PROB, ctx=ctx)
        log_prob.attach_grad()
        with autograd.record():
            loss = graph(log_prob, np.array(TARGET, dtype="int32", ctx=ctx))
        loss.backward(np.array(OUT_GRAD, ctx=ctx))
        numpy.testing.assert_allclose(loss.asnumpy(), -(mixture * LOG_PROB).sum(axis=1), rtol=1e-5, atol=1e-6)
        wanted = -mixture * OUT_GRAD[:, None]
        numpy.testing.assert_allclose(log_prob.grad.asnumpy(), wanted, rtol=1e-5, atol=1e-7)
