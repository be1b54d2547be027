"""What word models share: hidden vectors that are rows, graphs for export, and layers that do not fit."""

from __future__ import annotations

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import gluon, init, np
from gluon_softmax.models.base import Model, WordModel, check_layer

V, D = 7, 3
COUNTS = numpy.arange(V, 0, -1)


def make() -> WordModel:
    net = WordModel(V, D, gs.NegativeSampling(COUNTS, D))
    net.initialize(init.Normal(1.0))
    return net


@pytest.mark.parametrize("hybridize", [False, True])
def test_hidden_vectors_are_the_rows_of_the_words(hybridize: bool) -> None:
    net = make()
    net.hybridize(hybridize)
    center = np.array([3, 0, 6, 3], dtype="int32")
    wanted = net.embed.weight.data().asnumpy()[[3, 0, 6, 3]]
    numpy.testing.assert_array_equal(net.hidden(center).asnumpy(), wanted)
    (hidden,) = net.hidden_graph(center)
    numpy.testing.assert_array_equal(hidden.asnumpy(), wanted)
    assert net.input_names() == ["center"]


def test_hidden_checks_ids() -> None:
    with pytest.raises(ValueError, match=rf"^ids takes ids in \[0, {V}\); got {V}"):
        make().hidden(np.array([V], dtype="int32"))
    with pytest.raises(TypeError, match=r"^ids takes integer ids"):
        make().hidden(np.array([1.5]))


def test_unknown_words_are_excluded_from_the_noise_of_the_layer() -> None:
    layer = gs.NegativeSampling(COUNTS, D, 5)
    assert 0 in layer.noise_words(numpy.arange(1, V), 3)
    WordModel(V, D, layer)
    assert 0 not in layer.noise_words(numpy.arange(1, V), 3)


def test_a_layer_that_does_not_fit_is_named() -> None:
    layer = gs.FullSoftmax(V, D)
    check_layer(layer, V, D, "num_hiddens")
    with pytest.raises(TypeError, match=r"^output_layer takes an output layer such as .*; got Dense"):
        check_layer(gluon.nn.Dense(3), V, D, "num_hiddens")
    with pytest.raises(
        ValueError, match=rf"^output_layer takes the vocabulary of the model, 9 words; got one .* {V}"
    ):
        check_layer(layer, 9, D, "num_hiddens")
    with pytest.raises(
        ValueError, match=rf"^output_layer takes in_units equal to num_hiddens, 8; got in_units {D}"
    ):
        check_layer(layer, V, 8, "num_hiddens")


def test_a_model_without_a_graph_says_so() -> None:
    with pytest.raises(NotImplementedError):
        Model().input_names()
    with pytest.raises(NotImplementedError):
        Model().hidden_graph()
