"""How a block may be called: with keywords, and what it says in a block that is hybridized."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.every_layer import COUNTS, EVERY_LAYER, IN_UNITS

import gluon_softmax as gs
from gluon_softmax.backend import gluon, nn, np
from gluon_softmax.backend.block import Block

IDS = np.array([1, 2, 5, 9], dtype="int32")


class Affine(Block):
    """2 x + y + z, whose sums tell which argument is which."""

    def forward(self, x: Any, y: Any = 0, z: Any = 0) -> Any:
        return 2 * x + y + 10 * z


def test_keywords_are_the_arguments_of_forward() -> None:
    block, one = Affine(), np.ones(())
    assert float(block(one, z=one)) == 12
    assert float(block(y=one, x=one)) == 3
    assert float(block(one, one, z=one)) == 13
    with pytest.raises(TypeError, match="unexpected keyword argument 'w'"):
        block(one, w=one)
    with pytest.raises(TypeError, match="missing a required argument: 'x'"):
        block(y=one)


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_layer_takes_sample_weight_by_name(name: str) -> None:
    layer = EVERY_LAYER[name]()
    layer.initialize()
    layer.resample(numpy.random.default_rng(0))
    hidden, weight = np.ones((4, IN_UNITS)), np.array([1.0, 0.0, 2.0, 1.0])
    wanted = layer(hidden, IDS, weight).asnumpy()
    numpy.testing.assert_array_equal(layer(hidden, IDS, sample_weight=weight).asnumpy(), wanted)
    numpy.testing.assert_array_equal(layer(hidden=hidden, target=IDS, sample_weight=weight).asnumpy(), wanted)


def test_models_and_embeddings_take_keywords() -> None:
    skip_gram = gs.SkipGram(10, 6, gs.HierarchicalSoftmax(COUNTS, 6))
    cbow = gs.CBOW(10, 6, gs.HierarchicalSoftmax(COUNTS, 6))
    model = gs.LanguageModel(10, 6, 6, gs.FullSoftmax(10, 6))
    table, adaptive = gs.Embedding(10, 6), gs.AdaptiveEmbedding(10, 8, [4])
    for net in (skip_gram, cbow, model, table, adaptive):
        net.initialize()
    assert skip_gram(center=IDS, context=IDS).shape == (4,)
    assert cbow(IDS.reshape(2, 2), center=IDS[:2], mask=np.ones((2, 2))).shape == (2,)
    loss, state = model(IDS.reshape(2, 2), IDS.reshape(2, 2))
    again, _ = model(inputs=IDS.reshape(2, 2), targets=IDS.reshape(2, 2), state=state)
    assert (again.asnumpy() != loss.asnumpy()).all()
    assert table(ids=IDS).shape == (4, 6) and adaptive(ids=IDS).shape == (4, 8)


class UsersNet(gluon.HybridBlock):
    """A net of a user's own: a dense layer and one of ours."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.below = nn.Dense(IN_UNITS, in_units=3)
        self.layer = layer

    def hybrid_forward(self, _: Any, x: Any, target: Any) -> Any:
        return self.layer(self.below(x), target)


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_in_a_hybridized_net_a_layer_works_or_says_what_to_do(name: str) -> None:
    layer = EVERY_LAYER[name]()
    net, x = UsersNet(layer), np.ones((4, 3))
    net.initialize()
    layer.resample(numpy.random.default_rng(0))
    wanted = net(x, IDS).asnumpy()
    net.hybridize()
    if layer.traceable:
        numpy.testing.assert_allclose(net(x, IDS).asnumpy(), wanted, rtol=1e-5)
    else:
        with pytest.raises(
            TypeError, match=f"^{type(layer).__name__} takes arrays.*hybridize the parts below"
        ):
            net(x, IDS)
    net.hybridize(False)
    net.below.hybridize()  # what the sentence says
    numpy.testing.assert_allclose(net(x, IDS).asnumpy(), wanted, rtol=1e-5)


def test_in_a_hybridized_net_models_say_what_to_do() -> None:
    class Outer(gluon.HybridBlock):
        def __init__(self, net: Any) -> None:
            super().__init__()
            self.net = net

        def hybrid_forward(self, _: Any, *inputs: Any) -> Any:
            return self.net(*inputs)

    for model, inputs in (
        (gs.SkipGram(10, 6, gs.FullSoftmax(10, 6)), (IDS, IDS)),
        (gs.LanguageModel(10, 6, 6, gs.FullSoftmax(10, 6)), (IDS.reshape(2, 2), IDS.reshape(2, 2))),
        (gs.AdaptiveEmbedding(10, 8, [4]), (IDS,)),
    ):
        net = Outer(model)
        net.initialize()
        net.hybridize()
        with pytest.raises(TypeError, match=f"^{type(model).__name__} takes arrays.*without hybridize"):
            net(*inputs)
