"""The full softmax inside a block that is hybridized: the numbers and gradients of the eager one."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.every_layer import IN_UNITS

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np

IDS = np.array([[1, 2, 3], [5, 9, 3]], dtype="int32")
X = np.array(numpy.random.default_rng(0).normal(size=(2, 3, IN_UNITS)), dtype="float32")
WEIGHT = np.array([[1.0, 2.0, 0.5], [0.0, 3.0, 1.0]])


class Net(gluon.HybridBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.below = gluon.nn.Dense(IN_UNITS, flatten=False, in_units=IN_UNITS)
        self.layer = gs.FullSoftmax(10, IN_UNITS, **kwargs)

    def hybrid_forward(self, _: Any, x: Any, *target: Any) -> Any:
        return self.layer(self.below(x), *target)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kwargs", [{}, {"use_bias": False}, {"ignore_index": 3}])
def test_loss_and_gradients_are_those_of_the_eager_net(kwargs: Any, weighted: bool) -> None:
    found = []
    for hybridize in (False, True):
        mx.random.seed(5)
        net = Net(**kwargs)
        net.initialize(init="normal")
        if hybridize:
            net.hybridize()
        with autograd.record():
            loss = net(X, IDS, *[WEIGHT] * weighted)
        loss.backward()
        assert loss.shape == IDS.shape
        found.append([loss.asnumpy(), *(p.grad().asnumpy() for p in net.collect_params().values())])
    assert (found[0][0] == 0).sum() == (2 if "ignore_index" in kwargs else 0) + weighted
    for eager, compiled in zip(*found):
        numpy.testing.assert_allclose(eager, compiled, rtol=1e-4, atol=1e-6)


def test_smoothed_labels_are_not_traced() -> None:
    net = Net(label_smoothing=0.1)
    net.initialize()
    net.hybridize()
    with pytest.raises(TypeError, match=r"^FullSoftmax takes arrays"):
        net(X, IDS)


def test_masked_bce_is_traced() -> None:
    class Masked(gluon.HybridBlock):
        def hybrid_forward(self, _: Any, pred: Any, label: Any, mask: Any) -> Any:
            return gs.masked_bce(pred, label, mask)

    label, mask = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]), np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    net = Masked()
    for pred in (X[:, :, 0], X[:, :, 0].reshape(2, 1, 3)):
        net.hybridize(False)
        wanted = net(pred, label, mask).asnumpy()
        net.hybridize()
        numpy.testing.assert_allclose(net(pred, label, mask).asnumpy(), wanted, rtol=1e-6)
        assert wanted.shape == (2,) and wanted[0] > 0 and wanted[1] == 0


@pytest.mark.parametrize("shape", [(0, 4), (3, 0), (0, 1, 4), (0, 0)])
def test_masked_bce_of_nothing_is_zero_with_a_gradient_of_zero(shape: tuple[int, ...]) -> None:
    pred = np.zeros(shape)
    pred.attach_grad()
    with autograd.record():
        loss = gs.masked_bce(pred, np.zeros((shape[0], shape[-1])), np.zeros((shape[0], shape[-1])))
    loss.backward()
    mx.nd.waitall()
    assert loss.asnumpy().tolist() == [0.0] * shape[0] and pred.grad.shape == shape
