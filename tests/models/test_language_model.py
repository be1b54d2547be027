"""The recurrent language model beside NumPy, a step at a time: losses, states, gradients, tied weights,
dropout.
"""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.recurrent_reference import log_softmax, losses, parameters_of
from oracles.reference import numeric_gradient

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, init, mx, np

V, D, H, T, B = 11, 4, 3, 5, 3
COUNTS = numpy.arange(V, 0, -1)
RNG = numpy.random.default_rng(3)
INPUTS = RNG.integers(0, V, (T, B)).astype(numpy.int32)
TARGETS = RNG.integers(0, V, (T, B)).astype(numpy.int32)
CELLS = ("rnn_tanh", "rnn_relu", "gru", "lstm")


def make(
    cell: str = "gru", contexts: Any = None, hybridize: bool = False, layer: Any = None, **kwargs: Any
) -> Any:
    layer = gs.FullSoftmax(V, H) if layer is None else layer
    net = gs.LanguageModel(V, D, H, layer, cell=cell, **kwargs)
    mx.random.seed(7)
    net.initialize(init.Normal(0.7), ctx=contexts)
    for name, parameter in net.collect_params().items():  # else every bias is zero
        if name.endswith("bias"):
            parameter.set_data(np.random.normal(0, 0.5, parameter.shape))
    if hybridize:
        net.hybridize(static_alloc=True)
    return net


def random_state(net: Any, batch_size: int = B) -> list[numpy.ndarray]:
    rng = numpy.random.default_rng(1)
    return [rng.normal(size=array.shape).astype("float32") for array in net.begin_state(batch_size)]


def on(ctx: Any, *arrays: Any) -> list[Any]:
    return [np.array(array, dtype=array.dtype, ctx=ctx) for array in arrays]


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_losses_states_and_log_prob_are_numpys(
    cell: str, num_layers: int, hybridize: bool, contexts: Any
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

        def total(array: Any, name: str = name) -> float:
            changed = {**w, name: array}
            if tie_weights and name == "embed.weight":  # one table, both uses
                changed["output_layer.weight"] = array
            return losses(cell, INPUTS, TARGETS, state, changed)[0].sum()

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


def test_weights_that_change_between_two_evaluations_are_seen() -> None:
    """oneDNN's recurrent layers keep packed weights outside of training."""
    net = make("gru", hybridize=True)
    for factor in (1.0, 2.0, 0.5):
        weight = net.recurrence.layers[0].l0_h2h_weight
        weight.set_data(weight.data() * factor)
        wanted, _ = losses("gru", INPUTS, TARGETS, random_state(net), parameters_of(net))
        loss, _ = net(*on(None, INPUTS, TARGETS), on(None, *random_state(net)))
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-4)


# Output layers


@pytest.mark.parametrize("build", [
    lambda: gs.NegativeSampling(COUNTS, H, 3),
    lambda: gs.NCE(COUNTS, H, 4),
    lambda: gs.SampledSoftmax(V, H, 4),
    lambda: gs.HierarchicalSoftmax(COUNTS, H),
], ids=["negative-sampling", "nce", "sampled", "hierarchical"])  # fmt: skip
def test_outside_of_training_the_loss_is_that_of_log_prob(build: Any, monkeypatch: Any) -> None:
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


# Tied weights


@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("width, projects", [(H, False), (D, True)])
def test_tied_weights_are_one_parameter_with_both_gradients(
    width: int, projects: bool, sparse_grad: bool, contexts: Any
) -> None:
    def build(tie_weights: bool) -> Any:
        layer = gs.SampledSoftmax(V, width, 4, sparse_grad=sparse_grad)
        mx.random.seed(2)
        net = gs.LanguageModel(V, width, H, layer, tie_weights=tie_weights, sparse_grad=sparse_grad)
        net.initialize(init.Normal(0.5), ctx=contexts)
        return net

    tied = build(True)
    assert tied.embed.weight is tied.output_layer.weight
    assert (tied.projection is not None) == projects
    names = [p.name for p in tied.collect_params().values()]
    assert len(set(names)) == len(names) == 1 + 4 + 1 + projects  # table, cell, bias, projection
    for ctx in contexts:
        state = [np.array(a, ctx=ctx) for a in random_state(tied)]
        tied.output_layer.resample(numpy.random.default_rng(0))
        rows = tied.embed.weight.data(ctx)[np.array(INPUTS, ctx=ctx)].copy()  # the input's use by itself
        rows.attach_grad()
        with autograd.record():
            hidden = tied.recurrence(rows, *state)[0]
            hidden = tied.projection(hidden) if projects else hidden
            loss = tied.output_layer(hidden, np.array(TARGETS, ctx=ctx))
        loss.backward()
        wanted = dense(tied.output_layer.weight, ctx)
        numpy.add.at(wanted, INPUTS, rows.grad.asnumpy())
        with autograd.record():
            both, _ = tied(*on(ctx, INPUTS, TARGETS), state)
        both.backward()
        numpy.testing.assert_allclose(both.asnumpy(), loss.asnumpy(), rtol=1e-5)
        numpy.testing.assert_allclose(dense(tied.embed.weight, ctx), wanted, rtol=1e-4, atol=1e-6)


def dense(parameter: Any, ctx: Any) -> numpy.ndarray:
    gradient = parameter.grad(ctx)
    return (gradient.tostype("default") if gradient.stype == "row_sparse" else gradient).asnumpy()


@pytest.mark.parametrize("hybridize", [False, True])
def test_an_adaptive_softmax_is_tied_table_by_table(hybridize: bool) -> None:
    layer = gs.AdaptiveSoftmax(V, D, [4, 7], div_value=2.0)
    net = make(layer=layer, tie_weights=True, hybridize=hybridize)
    assert net.embed.head_weight is layer.head_weight and net.embed.tail1_weight is layer.tail1_weight
    inputs = np.array([[0, 5, 9]], dtype="int32")  # a word of the head, one of each tail
    rows = net.embed(inputs)[0].asnumpy()
    w = {name: p.data().asnumpy() for name, p in net._collect_params_with_prefix().items()}
    numpy.testing.assert_allclose(rows[0], w["output_layer.head_weight"][0], rtol=1e-6)
    for k, (row, i) in enumerate(((rows[1], 1), (rows[2], 2))):
        wanted = w[f"output_layer.tail{k}_weight"][i] @ w[f"embed.tail{k}_projection"]
        numpy.testing.assert_allclose(row, wanted, rtol=1e-4, atol=1e-6)
    with autograd.record():
        loss, _ = net(*on(None, INPUTS, TARGETS))
    loss.backward()
    found = layer.head_weight.grad().asnumpy().astype(numpy.float64)
    place, step = (0, 1), 1e-2
    changed = []
    for sign in (1, -1):
        array = w["output_layer.head_weight"].copy()
        array[place] += sign * step
        layer.head_weight.set_data(np.array(array))
        changed.append(float(net(*on(None, INPUTS, TARGETS))[0].sum()))
    assert found[place] == pytest.approx((changed[0] - changed[1]) / (2 * step), rel=2e-2, abs=1e-3)


def test_tied_weights_survive_a_file(tmp_path: Any) -> None:
    def build() -> Any:
        return gs.LanguageModel(V, D, H, gs.SampledSoftmax(V, D, 4), tie_weights=True)

    first, second = build(), build()
    first.initialize(init.Normal(1))
    second.initialize()
    first.save_parameters(str(tmp_path / "net.params"))
    second.load_parameters(str(tmp_path / "net.params"))
    batch = on(None, INPUTS, TARGETS)
    numpy.testing.assert_array_equal(first(*batch)[0].asnumpy(), second(*batch)[0].asnumpy())


# Dropout


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
    seen = []
    net.recurrence.layers[layer].register_forward_pre_hook(lambda block, inputs: seen.append(inputs[0]))
    with autograd.record():
        net(*on(None, INPUTS, TARGETS))
    net(*on(None, INPUTS, TARGETS))
    assert 0.2 < (seen[0].asnumpy() == 0).mean() < 0.8
    assert (seen[1].asnumpy() != 0).all()


# What does not fit


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
    ({"dropout": 1.0}, ValueError, "dropout takes a probability below 1"),
    ({"dropout": -0.1}, ValueError, "dropout takes a finite number"),
])  # fmt: skip
def test_wrong_arguments_are_named(kwargs: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make(**kwargs)


@pytest.mark.parametrize("inputs, targets, error, said", [
    (INPUTS, TARGETS[:2], ValueError, r"targets takes the sizes of inputs, \(5, 3\); got \(2, 3\)"),
    (INPUTS[0], TARGETS[0], ValueError, r"inputs takes shape \(T, B\), time first; got \(3,\)"),
    (INPUTS + V, TARGETS, ValueError, rf"ids takes ids in \[0, {V}\)"),
    (INPUTS, TARGETS - V, ValueError, rf"target takes ids in \[0, {V}\)"),
    (INPUTS.astype("float32"), TARGETS, TypeError, "ids takes integer ids"),
])  # fmt: skip
def test_wrong_inputs_are_named(inputs: Any, targets: Any, error: type, said: str) -> None:
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
