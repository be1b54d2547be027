"""Tied weights: one parameter for the input and the output words, with the gradient of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.language_models import INPUTS, TARGETS, D, H, V, make, on, random_state

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, init, mx, np
from gluon_softmax.utils.types import Context


@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("width, projects", [(H, False), (D, True)])
def test_tied_weights_are_one_parameter_with_both_gradients(
    width: int, projects: bool, sparse_grad: bool, contexts: list[Context]
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


def dense(parameter: gluon.Parameter, ctx: Context) -> numpy.ndarray:
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


def test_tied_weights_survive_a_file(tmp_path: Path) -> None:
    def build() -> Any:
        return gs.LanguageModel(V, D, H, gs.SampledSoftmax(V, D, 4), tie_weights=True)

    first, second = build(), build()
    first.initialize(init.Normal(1))
    second.initialize()
    first.save_parameters(str(tmp_path / "net.params"))
    second.load_parameters(str(tmp_path / "net.params"))
    batch = on(None, INPUTS, TARGETS)
    numpy.testing.assert_array_equal(first(*batch)[0].asnumpy(), second(*batch)[0].asnumpy())
