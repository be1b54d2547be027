"""Steps in place obey what a Trainer reads from a parameter: grad_req, lr_mult, wd_mult."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.blocks import CORPUS, B, D, V, W, set_tables, tables

from gluon_softmax import HierarchicalSoftmax, NegativeSampling, SkipGram, SkipGramBlocks, train
from gluon_softmax.backend import gluon, mx

COUNTS = numpy.maximum(CORPUS.counts, 1)
KINDS = ["negative sampling", "hierarchical"]
TABLES = [0, 1]
STARTS: dict[str, list[numpy.ndarray]] = {}


def make(kind: str, batch_size: int = 24) -> tuple[SkipGram, SkipGramBlocks]:
    is_tree = kind == "hierarchical"
    net = SkipGram(V, D, HierarchicalSoftmax(COUNTS, D) if is_tree else NegativeSampling(COUNTS, D))
    net.initialize(mx.init.Uniform(0.8))
    start = STARTS.setdefault(kind, tables(net))
    noise = 0 if is_tree else 5
    blocks = SkipGramBlocks(CORPUS, batch_size, W, noise, block_size=B, subsampling="none")
    return set_tables(net, start), blocks


def parameter_of(net: SkipGram, table: int) -> gluon.Parameter:
    found: gluon.Parameter = (net.embed, net.output_layer)[table].weight
    return found


def trained(net: SkipGram, batches: SkipGramBlocks, **kwargs: Any) -> list[numpy.ndarray]:
    """How far each table moved."""
    before = tables(net)
    train(net, batches, 1, 0.01, "sgd", progress="none", **kwargs)
    return [after - start for after, start in zip(tables(net), before)]


@pytest.mark.parametrize(("attribute", "value"), [("grad_req", "null"), ("lr_mult", 0.0)])
@pytest.mark.parametrize("table", TABLES, ids=["vectors", "output layer"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_frozen_table_does_not_move(kind: str, table: int, attribute: str, value: object) -> None:
    net, batches = make(kind)
    setattr(parameter_of(net, table), attribute, value)
    moved = trained(net, batches)
    numpy.testing.assert_array_equal(moved[table], 0.0)
    assert abs(moved[1 - table]).max() > 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_with_both_tables_frozen_training_measures(kind: str) -> None:
    net, batches = make(kind)
    net.collect_params().setattr("grad_req", "null")
    before = tables(net)
    (metrics,) = train(net, batches, 1, 0.01, "sgd", progress="none")
    for after, start in zip(tables(net), before):
        numpy.testing.assert_array_equal(after, start)
    assert 0 < metrics["loss"] < 20 and metrics["pairs"] > 100


@pytest.mark.parametrize("table", TABLES, ids=["vectors", "output layer"])
@pytest.mark.parametrize("kind", KINDS)
def test_lr_mult_multiplies_the_changes_of_its_table(kind: str, table: int) -> None:
    moved = []
    for multiplier in (1.0, 0.25):
        net, batches = make(kind, 400)  # one step
        parameter_of(net, table).lr_mult = multiplier
        before = tables(net)
        list(net.in_place_sgd(batches, mx.cpu()).epoch([next(batches.epoch(0))], lambda _: 0.05))
        moved.append([after - start for after, start in zip(tables(net), before)])
    one, quarter = moved
    assert abs(one[table]).max() > 0.01
    numpy.testing.assert_allclose(quarter[table], 0.25 * one[table], atol=1e-6)
    numpy.testing.assert_allclose(quarter[1 - table], one[1 - table], atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_is_frozen_after_an_epoch_stays_as_it_is(kind: str) -> None:
    net, batches = make(kind)
    kept: list[numpy.ndarray] = []

    def freeze(_metrics: object) -> None:
        if not kept:
            net.embed.weight.grad_req = "null"
            kept.extend(tables(net))

    train(net, batches, 2, 0.01, "sgd", progress="none", on_epoch_end=freeze)
    numpy.testing.assert_array_equal(tables(net)[0], kept[0])
    assert abs(tables(net)[1] - kept[1]).max() > 0.01
    assert abs(kept[0] - STARTS[kind][0]).max() > 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_wd_mult_is_a_factor_of_a_weight_decay_that_these_steps_do_not_have(kind: str) -> None:
    moved = []
    for multiplier in (1.0, 7.0):
        net, batches = make(kind)
        net.collect_params().setattr("wd_mult", multiplier)
        moved.append(trained(net, batches))
    for one, other in zip(*moved):
        numpy.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("table", TABLES, ids=["vectors", "output layer"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_to_be_accumulated_is_refused(kind: str, table: int) -> None:
    net, batches = make(kind)
    parameter = parameter_of(net, table)
    parameter.grad_req = "add"
    message = f"^grad_req of {parameter.name} takes 'write' or 'null' with SkipGramBlocks; got 'add'$"
    with pytest.raises(ValueError, match=message):
        trained(net, batches)
