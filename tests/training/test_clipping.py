"""The global norm and a clipped step beside NumPy, dense and row-sparse, on one context and on two."""

from __future__ import annotations

import math

import numpy
import pytest

from gluon_softmax import Embedding, clipped_step
from gluon_softmax.backend import autograd, gluon, init, mx, nn, np
from gluon_softmax.training.clipping import global_norm
from gluon_softmax.training.trainer import make_trainer
from gluon_softmax.utils.types import Array, Context

V, D = 7, 3
IDS = numpy.array([1, 4, 4, 6, 0, 2], dtype=numpy.int32)
WEIGHT = numpy.array([3.0, -1.0, 2.0, 0.5, 1.5, -2.5])


class Net(gluon.HybridBlock):
    def __init__(self, sparse_grad: bool) -> None:
        super().__init__()
        with self.name_scope():
            self.embed = Embedding(V, D, sparse_grad)
            self.dense = nn.Dense(2, in_units=D)
            self.still = self.params.get("still", shape=(3,), grad_req="null")

    def forward(self, ids: Array, weight: Array) -> Array:
        return (self.dense(self.embed(ids)) ** 2).sum(axis=1) * weight


def make(contexts: list[Context], sparse_grad: bool) -> Net:
    mx.random.seed(4)
    net = Net(sparse_grad)
    net.initialize(init.Normal(0.6), ctx=contexts)
    return net


def backward(net: Net, contexts: list[Context]) -> None:
    parts = [numpy.array_split(array, len(contexts)) for array in (IDS, WEIGHT.astype("float32"))]
    with autograd.record():
        losses = [
            net(np.array(ids, dtype="int32", ctx=ctx), np.array(weight, ctx=ctx))
            for ids, weight, ctx in zip(*parts, contexts)
        ]
    autograd.backward(losses)


def slow_gradients(net: Net, ctx: Context) -> dict[str, numpy.ndarray]:
    """By hand, in float64: of the sum over all positions."""
    embed, matrix, bias = (
        p.data(ctx).asnumpy().astype(numpy.float64)
        for p in (net.embed.weight, net.dense.weight, net.dense.bias)
    )
    rows = embed[IDS]
    back = 2 * (rows @ matrix.T + bias) * WEIGHT[:, None]
    gradient = numpy.zeros_like(embed)
    numpy.add.at(gradient, IDS, back @ matrix)
    return {"embed.weight": gradient, "dense.weight": back.T @ rows, "dense.bias": back.sum(axis=0)}


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_the_norm_is_that_of_all_gradients_as_one_vector(sparse_grad: bool) -> None:
    net = make([mx.cpu()], sparse_grad)
    backward(net, [mx.cpu()])
    wanted = numpy.concatenate([g.ravel() for g in slow_gradients(net, mx.cpu()).values()])
    assert global_norm(net.collect_params().values(), mx.cpu()) == pytest.approx(
        numpy.linalg.norm(wanted), rel=1e-5
    )
    assert global_norm(p for p in net.collect_params().values()) == pytest.approx(
        numpy.linalg.norm(wanted), rel=1e-5
    )
    assert global_norm([net.still]) == 0.0


@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.999, 1.001, 5.0])
def test_a_step_is_sgd_on_the_clipped_mean(share: float, sparse_grad: bool, contexts: list[Context]) -> None:
    net = make(contexts, sparse_grad)
    before = {name: p.data(contexts[0]).asnumpy() for name, p in net._collect_params_with_prefix().items()}
    gradients = {name: g / len(IDS) for name, g in slow_gradients(net, contexts[0]).items()}
    norm = math.sqrt(sum((g**2).sum() for g in gradients.values()))
    backward(net, contexts)
    trainer = make_trainer(net, "sgd", 0.1, contexts)
    assert clipped_step(trainer, len(IDS), share * norm) == pytest.approx(norm, rel=1e-5)
    for name, gradient in gradients.items():
        moved = before[name] - 0.1 * min(1.0, share) * gradient
        for ctx in contexts:
            found = net._collect_params_with_prefix()[name].data(ctx).asnumpy()
            numpy.testing.assert_allclose(found, moved, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_gradient_that_is_no_number_is_named(wrong: float) -> None:
    net = make([mx.cpu()], False)
    net.dense.bias.set_data(np.array([wrong, 0.0]))
    backward(net, [mx.cpu()])
    with pytest.raises(
        ValueError, match=r"^training diverged: the norm .* is (nan|inf) with lr 0.1; try a smaller lr$"
    ):
        clipped_step(make_trainer(net, "sgd", 0.1, [mx.cpu()]), 6, 1.0)


@pytest.mark.parametrize("clip_norm", [0, -1.0, math.inf])
def test_a_bound_is_above_zero(clip_norm: float) -> None:
    with pytest.raises(ValueError, match=r"^clip_norm takes a finite number above 0"):
        clipped_step(None, 1, clip_norm)
