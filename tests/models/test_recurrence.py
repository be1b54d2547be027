"""Recurrent layers: where dropout goes, and weights that change."""

from __future__ import annotations

import numpy
import pytest
from oracles.language_models import INPUTS, TARGETS, D, T, make, on, random_state
from oracles.recurrent_reference import losses, parameters_of

from gluon_softmax.backend import autograd, np
from gluon_softmax.utils.types import Array


def test_weights_that_change_between_two_evaluations_are_seen() -> None:
    """Outside of training the recurrent layers of oneDNN keep packed weights."""
    net = make("gru", hybridize=True)
    for factor in (1.0, 2.0, 0.5):
        weight = net.recurrence.layers[0].l0_h2h_weight
        weight.set_data(weight.data() * factor)
        wanted, _ = losses("gru", INPUTS, TARGETS, random_state(net), parameters_of(net))
        loss, _ = net(*on(None, INPUTS, TARGETS), on(None, *random_state(net)))
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-4)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_dropout_drops_in_training_only_and_between_layers(cell: str) -> None:
    net = make(cell, num_layers=2, dropout=0.5, hybridize=True)
    plain = make(cell, num_layers=2, hybridize=True)
    batch = on(None, INPUTS, TARGETS)
    numpy.testing.assert_array_equal(net(*batch)[0].asnumpy(), plain(*batch)[0].asnumpy())
    with autograd.record():
        rows = np.ones((T, 200, D))
        first = net.recurrence.dropout(rows).asnumpy()
        hidden = net.recurrence(rows, *net.begin_state(200))[0].asnumpy()
    assert set(numpy.unique(first)) == {0.0, 2.0} and abs((first == 0).mean() - 0.5) < 0.05
    assert abs((hidden == 0).mean() - 0.5) < 0.05  # the hidden vector itself
    hidden = hidden[:, :, 0][hidden[:, :, 0] != 0]
    assert len(numpy.unique(hidden)) > 100  # same input everywhere: differences are dropout further down


@pytest.mark.parametrize("layer", [0, 1])
def test_what_each_layer_reads_has_lost_some_numbers(layer: int) -> None:
    net = make("lstm", num_layers=2, dropout=0.5)
    seen: list[Array] = []
    net.recurrence.layers[layer].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with autograd.record():
        net(*on(None, INPUTS, TARGETS))
    net(*on(None, INPUTS, TARGETS))
    assert 0.2 < (seen[0].asnumpy() == 0).mean() < 0.8
    assert (seen[1].asnumpy() != 0).all()
