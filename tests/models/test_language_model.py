"""The recurrent language model beside NumPy, step by step: losses, states, gradients, every output layer."""

from __future__ import annotations

from typing import Any, Callable

import numpy
import pytest
from oracles.language_models import CELLS, COUNTS, INPUTS, TARGETS, B, D, H, T, V, make, on, random_state
from oracles.recurrent_reference import log_softmax, losses, parameters_of
from oracles.reference import numeric_gradient

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.utils.types import Context


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_losses_states_and_log_prob_are_numpys(
    cell: str, num_layers: int, hybridize: bool, contexts: list[Context]
) -> None:
    net = make(cell, contexts, hybridize, num_layers=num_layers)
    state = random_state(net)
    assert len(state) == num_layers * (2 if cell == "lstm" else 1)
    for ctx in contexts:
        wanted, wanted_state = losses(cell, INPUTS, TARGETS, state, parameters_of(net, ctx))
        for record in (False, True):
            with autograd.record() if record else autograd.pause():
                loss, new_state = net(*on(ctx, INPUTS, TARGETS), on(ctx, *state))
            assert loss.ctx == ctx
            numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-4, atol=1e-5)
            assert len(new_state) == len(wanted_state)
            for ours, theirs in zip(new_state, wanted_state):
                numpy.testing.assert_allclose(ours.asnumpy(), theirs, rtol=1e-4, atol=1e-5)
        log_prob, _ = net.log_prob(*on(ctx, INPUTS), on(ctx, *state))
        assert log_prob.shape == (T, B, V)
        picked = numpy.take_along_axis(log_prob.asnumpy(), TARGETS[..., None], axis=-1)[..., 0]
        numpy.testing.assert_allclose(picked, -wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("tie_weights", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_are_numeric_ones(cell: str, tie_weights: bool) -> None:
    layer = gs.FullSoftmax(V, D if tie_weights else H)
    net = make(cell, hybridize=True, layer=layer, num_layers=2, tie_weights=tie_weights)
    state, w = random_state(net), parameters_of(net)
    with autograd.record():
        loss, _ = net(*on(None, INPUTS, TARGETS), on(None, *state))
    loss.backward()
    gradients = net._collect_params_with_prefix()
    names = ["embed.weight", "recurrence.layer1._unfused.0.h2h_weight", "output_layer.bias"]
    for name in names + (["projection.weight"] if tie_weights else ["output_layer.weight"]):

        def total(array: numpy.ndarray, name: str = name) -> float:
            changed = {**w, name: array}
            if tie_weights and name == "embed.weight":  # one table, both uses
                changed["output_layer.weight"] = array
            return float(losses(cell, INPUTS, TARGETS, state, changed)[0].sum())

        wanted = numeric_gradient(total, w[name])
        numpy.testing.assert_allclose(gradients[name].grad().asnumpy(), wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_carried_state_is_one_long_sequence(cell: str, hybridize: bool) -> None:
    net = make(cell, hybridize=hybridize, num_layers=2)
    inputs, targets = on(None, INPUTS, TARGETS)
    whole, last = net(inputs, targets)  # no state is one of zeros
    parts, state = [], net.begin_state(B)
    for start, stop in ((0, 1), (1, 3), (3, T)):
        loss, state = net(inputs[start:stop], targets[start:stop], state)
        parts.append(loss.asnumpy())
    numpy.testing.assert_allclose(numpy.concatenate(parts), whole.asnumpy(), rtol=1e-5)
    for ours, theirs in zip(state, last):
        numpy.testing.assert_allclose(ours.asnumpy(), theirs.asnumpy(), rtol=1e-5, atol=1e-6)
    assert abs(net(inputs[3:], targets[3:])[0].asnumpy() - parts[-1]).max() > 1e-3


def test_predictions_see_no_word_ahead() -> None:
    net = make("lstm")
    changed = INPUTS.copy()
    changed[3] = (changed[3] + 1) % V
    before, after = (net.log_prob(*on(None, ids))[0].asnumpy() for ids in (INPUTS, changed))
    numpy.testing.assert_array_equal(before[:3], after[:3])
    assert abs(before[3:] - after[3:]).min(axis=(1, 2)).shape == (2,)
    assert (abs(before[3:] - after[3:]).max(axis=(1, 2)) > 1e-4).all()


@pytest.mark.parametrize("build", [
    lambda: gs.NegativeSampling(COUNTS, H, 3),
    lambda: gs.NCE(COUNTS, H, 4),
    lambda: gs.SampledSoftmax(V, H, 4),
    lambda: gs.HierarchicalSoftmax(COUNTS, H),
], ids=["negative-sampling", "nce", "sampled", "hierarchical"])  # fmt: skip
def test_outside_of_training_the_loss_is_that_of_log_prob(
    build: Callable[[], OutputLayer], monkeypatch: pytest.MonkeyPatch
) -> None:
    net = make(layer=build())
    batch = on(None, INPUTS, TARGETS)
    log_prob = net.log_prob(batch[0])[0].asnumpy()
    numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=-1), numpy.ones((T, B)), rtol=1e-5)
    wanted = -numpy.take_along_axis(log_prob, TARGETS[..., None], axis=-1)[..., 0]
    numpy.testing.assert_allclose(net(*batch)[0].asnumpy(), wanted, rtol=1e-4)
    monkeypatch.setattr("gluon_softmax.models.language_model._MAX_SCORES", 4 * V)  # four positions at once
    numpy.testing.assert_allclose(net(*batch)[0].asnumpy(), wanted, rtol=1e-4)
    net.output_layer.resample(numpy.random.default_rng(0))
    with autograd.record():
        training = net(*batch)[0]
        own = net.output_layer(net.hidden(batch[0])[0], batch[1])
    numpy.testing.assert_allclose(training.asnumpy(), own.asnumpy(), rtol=1e-5)


def test_a_language_model_keeps_unknown_words_among_the_noise() -> None:
    noise = make(layer=gs.NegativeSampling(COUNTS, H, 5)).output_layer.noise_words(numpy.arange(1, V), 3)
    assert 0 in noise


def test_sizes_of_the_layer_are_checked() -> None:
    with pytest.raises(ValueError, match="in_units equal to num_hiddens, 3; got in_units 4"):
        gs.LanguageModel(V, D, H, gs.FullSoftmax(V, D))
    with pytest.raises(ValueError, match="in_units equal to embed_size, 4; got in_units 3"):
        gs.LanguageModel(V, D, H, gs.FullSoftmax(V, H), tie_weights=True)
    with pytest.raises(ValueError, match=f"the vocabulary of the model, {V + 1} words"):
        gs.LanguageModel(V + 1, D, H, gs.FullSoftmax(V, H))
    with pytest.raises(TypeError, match="tie_weights takes an output layer with one vector per word"):
        gs.LanguageModel(V, D, H, gs.HierarchicalSoftmax(COUNTS, D), tie_weights=True)


@pytest.mark.parametrize("kwargs, error, said", [
    ({"cell": "elman"}, ValueError, "cell takes one of rnn_tanh, rnn_relu, gru, lstm; got 'elman'"),
    ({"num_layers": 0}, ValueError, "num_layers takes an integer of at least 1, got 0"),
    ({"dropout": 1.0}, ValueError, "dropout takes a finite number of at least 0 and below 1, got 1"),
    ({"dropout": -0.1}, ValueError, "dropout takes a finite number"),
])  # fmt: skip
def test_wrong_arguments_are_named(kwargs: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make(**kwargs)


@pytest.mark.parametrize("inputs, targets, error, said", [
    (INPUTS, TARGETS[:2], ValueError, r"targets takes the sizes of inputs, \(5, 3\); got \(2, 3\)"),
    (INPUTS[0], TARGETS[0], ValueError, r"inputs takes shape \(T, B\), time first, both at least 1; got"),
    (INPUTS + V, TARGETS, ValueError, rf"ids takes ids in \[0, {V}\)"),
    (INPUTS, TARGETS - V, ValueError, rf"target takes ids in \[0, {V}\)"),
    (INPUTS + numpy.float32(0.5), TARGETS, TypeError, "ids takes integer ids"),
])  # fmt: skip
def test_wrong_inputs_are_named(
    inputs: numpy.ndarray, targets: numpy.ndarray, error: type, said: str
) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make()(*on(None, inputs, targets))


def test_wrong_states_are_named() -> None:
    net, batch = make("lstm"), on(None, INPUTS, TARGETS)
    with pytest.raises(ValueError, match=r"^state takes 2 arrays, as begin_state gives them; got 1"):
        net(*batch, net.begin_state(B)[:1])
    with pytest.raises(ValueError, match=r"^state takes the sizes of begin_state, \(1, 3, 3\); got"):
        net(*batch, net.begin_state(2))


def test_targets_out_of_range_are_named_in_evaluation_too() -> None:
    with pytest.raises(ValueError, match=r"^target takes ids"):
        make(layer=gs.NegativeSampling(COUNTS, H))(*on(None, INPUTS, TARGETS + V))


def test_log_softmax_of_the_reference() -> None:
    assert numpy.allclose(numpy.exp(log_softmax(numpy.array([1e4, 1e4]))), 0.5)
    assert isinstance(make().recurrence, gluon.HybridBlock)
