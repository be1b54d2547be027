"""``copy.deepcopy`` and ``pickle`` of nets: the copy has the values and trains by itself."""

from __future__ import annotations

import copy
import pickle
from typing import Any, Callable

import numpy
import pytest
from oracles.every_layer import COUNTS, EVERY_LAYER, IN_UNITS

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, nn, np

COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda net: pickle.loads(pickle.dumps(net))}
IDS = np.array([1, 2, 5, 9], dtype="int32")
HIDDEN = np.array(numpy.random.default_rng(0).normal(size=(4, IN_UNITS)), dtype="float32")
NETS: dict[str, tuple[Callable[[], Any], tuple[Any, ...]]] = {
    **{name: (make, (HIDDEN, IDS)) for name, make in EVERY_LAYER.items()},
    "negative sampling, sparse": (
        lambda: gs.NegativeSampling(COUNTS, IN_UNITS, sparse_grad=True), (HIDDEN, IDS)
    ),
    "nce, sparse": (lambda: gs.NCE(COUNTS, IN_UNITS, 3, sparse_grad=True), (HIDDEN, IDS)),
    "hierarchical, sparse": (
        lambda: gs.HierarchicalSoftmax(COUNTS, IN_UNITS, sparse_grad=True), (HIDDEN, IDS)
    ),
    "sampled, sparse": (lambda: gs.SampledSoftmax(10, IN_UNITS, 3, sparse_grad=True), (HIDDEN, IDS)),
    "skip-gram, sparse": (
        lambda: gs.SkipGram(10, 6, gs.NegativeSampling(COUNTS, 6, sparse_grad=True), sparse_grad=True),
        (IDS, IDS),
    ),
    "CBOW": (
        lambda: gs.CBOW(10, 6, gs.HierarchicalSoftmax(COUNTS, 6)),
        (IDS.reshape(2, 2), np.ones((2, 2)), IDS[:2]),
    ),
    "language model": (
        lambda: gs.LanguageModel(10, 6, 6, gs.FullSoftmax(10, 6), num_layers=2), (IDS.reshape(2, 2),) * 2
    ),
    "tied language model": (
        lambda: gs.LanguageModel(10, 6, 6, gs.SampledSoftmax(10, 6, 3), cell="gru", tie_weights=True),
        (IDS.reshape(2, 2),) * 2,
    ),
    "adaptive embedding": (lambda: Summed(gs.AdaptiveEmbedding(10, 8, [4], sparse_grad=True)), (IDS,)),
    "Gluon's own": (lambda: Summed(nn.Dense(3)), (HIDDEN,)),
}  # fmt: skip


class Summed(nn.HybridBlock):
    """A user's own net with a block inside."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Any) -> Any:
        return self.block(x).sum(axis=-1)


def gradients(net: Any, inputs: tuple[Any, ...]) -> list[numpy.ndarray]:
    """Of the sum of the net's losses with one draw, by parameter."""
    net.apply(lambda b: b.resample(numpy.random.default_rng(3)) if hasattr(b, "resample") else None)
    with autograd.record():
        output = net(*inputs)
        loss = output[0] if isinstance(output, tuple) else output
    loss.backward()
    gradients = [parameter.grad() for parameter in net.collect_params().values()]
    return [(g if g.stype == "default" else g.tostype("default")).asnumpy() for g in gradients]


def values(net: Any) -> list[numpy.ndarray]:
    return [p.data().asnumpy() for p in net.collect_params().values()]


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_of_a_net_that_was_trained_trains_as_the_net(name: str, kind: str, hybridize: bool) -> None:
    make, inputs = NETS[name]
    net = make()
    net.initialize(init="normal")
    if hybridize:
        net.hybridize()
    gradients(net, inputs)
    trainer = gluon.Trainer(net.collect_params(), "adam")
    trainer.step(4)
    wanted = gradients(net, inputs)  # not used by the trainer yet

    twin = COPIES[kind](net)
    assert list(twin.collect_params()) == list(net.collect_params())
    for ours, theirs in zip(values(net), values(twin)):
        numpy.testing.assert_array_equal(ours, theirs)
    for ours, theirs in zip(wanted, gradients(twin, inputs)):
        numpy.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
    before = values(net)
    gluon.Trainer(twin.collect_params(), "sgd", {"learning_rate": 1.0}).step(1)
    assert any((ours != theirs).any() for ours, theirs in zip(before, values(twin)))
    for ours, theirs in zip(before, values(net)):
        numpy.testing.assert_array_equal(ours, theirs)  # the original does not move with its copy
    trainer.step(4)  # nor has it lost what was its own


@pytest.mark.parametrize("kind", COPIES)
def test_shared_frozen_and_uninitialized_parameters_stay_so(kind: str) -> None:
    net = gs.LanguageModel(10, 6, 6, gs.SampledSoftmax(10, 6, 3, sparse_grad=True), tie_weights=True)
    net.output_layer.bias.grad_req = "null"
    with pytest.raises(RuntimeError, match="has not been initialized"):
        COPIES[kind](net).embed.weight.data()
    net.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    twin = COPIES[kind](net)
    assert twin.embed.weight is twin.output_layer.weight
    assert twin.output_layer.bias.grad_req == "null"
    assert twin.embed.weight.list_ctx() == [mx.cpu(0), mx.cpu(1)]


def test_a_copy_has_no_gradient_and_no_trainer_of_its_original() -> None:
    layer = gs.FullSoftmax(10, IN_UNITS)
    layer.initialize()
    trainer = gluon.Trainer(layer.collect_params(), "sgd")
    gradients(layer, (HIDDEN, IDS))
    twin = copy.deepcopy(layer)
    assert layer.weight.grad().asnumpy().any() and not twin.weight.grad().asnumpy().any()
    assert layer.weight._trainer is trainer and twin.weight._trainer is None
