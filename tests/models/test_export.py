"""The exported graph, read back by MXNet alone, gives the model's own numbers: every model, every layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import gluon, init, mx, np, npx
from gluon_softmax.models.base import Model
from gluon_softmax.output_layers.base import OutputLayer

# MXNet says so of any graph that it reads back.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot decide type:UserWarning")

V, D = 12, 6
COUNTS = numpy.arange(V, 0, -1)
LAYERS = {
    "full": lambda width: gs.FullSoftmax(V, width),
    "negative-sampling": lambda width: gs.NegativeSampling(COUNTS, width, 3),
    "nce": lambda width: gs.NCE(COUNTS, width, 4),
    "nce without log Q": lambda width: gs.NCE(COUNTS, width, 4, subtract_log_q=False),
    "hierarchical": lambda width: gs.HierarchicalSoftmax(COUNTS, width),
    "sampled": lambda width: gs.SampledSoftmax(V, width, 4, sparse_grad=True),
    "in-batch": lambda width: gs.InBatchSoftmax(COUNTS, width, sparse_grad=True),
    "adaptive": lambda width: gs.AdaptiveSoftmax(V, width, [3, 7], div_value=2.0, head_bias=True),
}
RNG = numpy.random.default_rng(5)
IDS = RNG.integers(0, V, (4, 3)).astype(numpy.int32)


def ready(net: Any) -> Any:
    mx.random.seed(3)
    net.initialize(init.Normal(0.7))
    return net


def read_back(net: Model | OutputLayer, tmp_path: Path) -> gluon.SymbolBlock:
    files = gs.export(net, tmp_path / "net")
    assert files.symbol == f"{tmp_path}/net-symbol.json" and files.params == f"{tmp_path}/net-0000.params"
    for parameter in net.collect_params().values():  # what was read back is a copy
        parameter.set_data(parameter.data() * 0)
    return gluon.SymbolBlock.imports(*files)


@pytest.mark.parametrize("cell", ["rnn_tanh", "gru", "lstm"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_language_model(name: str, cell: str, tmp_path: Path) -> None:
    net = ready(gs.LanguageModel(V, D, 5, LAYERS[name](5), cell=cell, num_layers=2, dropout=0.5))
    inputs = np.array(IDS, dtype="int32")
    state = [np.array(RNG.normal(size=array.shape), dtype="float32") for array in net.begin_state(3)]
    wanted, wanted_state = net.log_prob(inputs, state)
    graph = read_back(net, tmp_path)
    for length in (4, 1):  # any number of steps
        log_prob, *new_state = graph(inputs[:length], *state)
        numpy.testing.assert_allclose(log_prob.asnumpy(), wanted[:length].asnumpy(), rtol=1e-5, atol=1e-6)
    new_state = graph(inputs, *state)[1:]
    for ours, theirs in zip(new_state, wanted_state):
        numpy.testing.assert_allclose(ours.asnumpy(), theirs.asnumpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_word_models(name: str, tmp_path: Path) -> None:
    for kind in (gs.SkipGram, gs.CBOW):
        net = ready(kind(V, D, LAYERS[name](D)))
        ids, mask = np.array(IDS, dtype="int32"), np.array([[1, 1, 0], [0, 0, 0], [1, 1, 1], [1, 0, 0]]) * 1.0
        batch = (ids[:, 0],) if kind is gs.SkipGram else (ids, mask)
        hidden = net.hidden(*batch)
        wanted = net.output_layer.log_prob(hidden).asnumpy()
        numpy.testing.assert_allclose(numpy.exp(wanted).sum(axis=1), numpy.ones(4), rtol=1e-5)
        found = read_back(net, tmp_path)(*batch).asnumpy()
        numpy.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_tied_weights_are_written_once(tmp_path: Path) -> None:
    net = ready(gs.LanguageModel(V, D, 5, gs.SampledSoftmax(V, D, 4), tie_weights=True))
    inputs = np.array(IDS, dtype="int32")
    wanted = net.log_prob(inputs)[0].asnumpy()
    graph = read_back(net, tmp_path)
    numpy.testing.assert_allclose(graph(inputs, *net.begin_state(3))[0].asnumpy(), wanted, rtol=1e-5)
    arrays = npx.load(f"{tmp_path}/net-0000.params")
    assert [array.shape for array in arrays.values()].count((V, D)) == 1
    text = (tmp_path / "net-symbol.json").read_text()
    assert text.count(f'"name": "{net.embed.weight.name}"') == 1


def test_what_cannot_be_exported_is_named(tmp_path: Path) -> None:
    own = gluon.nn.HybridSequential()
    own.add(gluon.nn.Dense(D, in_units=D))
    sentence = (
        r"^net takes a SkipGram, a CBOW, a LanguageModel or an output layer; got HybridSequential: export its"
    )
    with pytest.raises(TypeError, match=sentence):
        gs.export(ready(own), tmp_path / "net")
    tied = gs.LanguageModel(V, D, D, LAYERS["adaptive"](D), tie_weights=True)
    with pytest.raises(TypeError, match=r"^net takes an embed of one table"):
        gs.export(ready(tied), tmp_path / "net")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", LAYERS)
def test_an_output_layer_alone(name: str, tmp_path: Path) -> None:
    layer = ready(LAYERS[name](D))
    hidden = np.array(RNG.normal(size=(5, D)), dtype="float32")
    wanted = layer.log_prob(hidden).asnumpy()
    assert gs.export(layer, tmp_path / "layer").inputs == ["hidden"]
    found = read_back(layer, tmp_path)(hidden).asnumpy()
    numpy.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_an_unseen_word_keeps_its_probability_in_the_graph(tmp_path: Path) -> None:
    layer = ready(gs.NegativeSampling([0, *COUNTS[1:]], D))
    hidden = np.ones((2, D))
    wanted = layer.log_prob(hidden).asnumpy()
    assert numpy.isfinite(wanted).all()
    numpy.testing.assert_allclose(read_back(layer, tmp_path)(hidden).asnumpy(), wanted, rtol=1e-5, atol=1e-6)
