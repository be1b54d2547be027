"""The fast skip-gram step beside the textbook path and NumPy: one loss, one gradient; and its training."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.blocks import CORPUS, B, D, V, W, pairs_of, set_tables, tables, two_lists
from oracles.reference import scatter_add, sigmoid, softplus

from gluon_softmax import (
    CBOW,
    NCE,
    NegativeSampling,
    SkipGram,
    SkipGramBlocks,
    SkipGramPairs,
    train,
)
from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.backend.embedding import rows_of
from gluon_softmax.data.skip_gram_blocks import SkipGramBlockBatch
from gluon_softmax.fused.negative_sampling_sgd import NegativeSamplingSGD
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.utils.types import Context

M = 5
ROWS: dict[str, Any] = {"subsampling": "none", "block_size": B, "shared_noise": M}
CPUS = [mx.cpu(0), mx.cpu(1)]


def make_net(num_noise_words: int = 5, ctx: Context | None = None, scale: float = 0.8) -> SkipGram:
    net = SkipGram(V, D, NegativeSampling(numpy.maximum(CORPUS.counts, 1), D, num_noise_words))
    net.initialize(mx.init.Uniform(scale), ctx=ctx or mx.cpu())
    return net


def first_batch(num_noise_words: int = 5, batch_size: int = 24) -> SkipGramBlockBatch:
    batch: SkipGramBlockBatch = next(SkipGramBlocks(CORPUS, batch_size, W, num_noise_words, **ROWS).epoch(0))
    return batch


def one_step(
    net: SkipGram, batch: SkipGramBlockBatch, rate: float, ctx: Context, hybridize: bool = True
) -> tuple[float, int]:
    layer = net.output_layer
    assert isinstance(layer, NegativeSampling)
    batches = SkipGramBlocks(CORPUS, batch.left.size, W, layer.num_noise_words, **ROWS)
    steps = net.in_place_sgd(batches, ctx)
    assert isinstance(steps, NegativeSamplingSGD)
    for graph in steps._gradients.values():
        graph.hybridize(hybridize)
    (((loss,), measured, size, _),) = steps.epoch([batch], lambda _: rate)
    assert measured == size
    return float(loss), size


@pytest.mark.parametrize("hybridize", [True, False], ids=["compiled", "not compiled"])
@pytest.mark.parametrize("ctx", CPUS, ids=str)
@pytest.mark.parametrize("num_noise_words", [M, 2])
def test_a_step_is_that_of_a_loop_over_pairs(num_noise_words: int, ctx: Context, hybridize: bool) -> None:
    net, batch, rate = make_net(num_noise_words, ctx), first_batch(num_noise_words), 0.05
    v, u = (table.astype(numpy.float64) for table in tables(net))
    losses, ids, steps = 0.0, two_lists(), two_lists()
    for center, context, noise in pairs_of(batch):
        words = [(context, 1.0, 1.0)] + [(word, 0.0, num_noise_words / M) for word in noise]
        for word, label, weight in words:
            score = v[center] @ u[word]
            losses += weight * softplus(-score if label else score)
            slope = weight * (label - sigmoid(score))
            ids[0].append(center)
            ids[1].append(word)
            steps[0].append(slope * u[word])
            steps[1].append(slope * v[center])
    loss, size = one_step(net, batch, rate, ctx, hybridize)
    assert size == len(pairs_of(batch)) > 20
    assert loss == pytest.approx(losses, rel=1e-5)
    for after, before, where, step in zip(tables(net), (v, u), ids, steps):
        numpy.testing.assert_allclose(after, before + rate * scatter_add(where, step, V), atol=2e-6)


@pytest.mark.parametrize("ctx", CPUS, ids=str)
def test_loss_and_gradient_are_those_of_the_textbook_path_on_the_same_pairs_and_noise(ctx: Context) -> None:
    fast, batch, rate = make_net(M, ctx), first_batch(M), 0.05
    textbook = make_net(M, ctx)
    set_tables(textbook, tables(fast))
    before = tables(textbook)
    centers, contexts, noise = (numpy.array(column) for column in zip(*pairs_of(batch)))
    center = np.array(centers, dtype="int32", ctx=ctx)
    ids = numpy.concatenate([contexts[:, None], noise], axis=1)
    layer = textbook.output_layer
    assert isinstance(layer, NegativeSampling)
    with autograd.record():
        losses = layer._loss_graph(textbook.embed(center), rows_of(layer.weight, ids, ctx))
        total = losses.sum()
    total.backward()
    loss, size = one_step(fast, batch, rate, ctx)
    assert size == losses.size and loss == pytest.approx(float(total), rel=1e-5)
    for after, start, parameter in zip(tables(fast), before, (textbook.embed.weight, layer.weight)):
        gradient = parameter.grad(ctx).asnumpy()
        assert abs(gradient).max() > 0.1
        numpy.testing.assert_allclose(after, start - rate * gradient, atol=2e-6)


def test_rows_outside_the_batch_keep_every_bit() -> None:
    net, batch = make_net(), first_batch(batch_size=8)
    before = tables(net)
    one_step(net, batch, 0.05, mx.cpu())
    centers = {center for center, _, _ in pairs_of(batch)}
    words = {word for _, context, noise in pairs_of(batch) for word in (context, *noise)}
    for after, start, moved in zip(tables(net), before, (centers, words)):
        assert set(numpy.flatnonzero((after != start).any(axis=1))) == moved != set(range(V))


def test_each_step_has_its_rate_and_the_gradient_of_the_tables_one_step_before() -> None:
    net = make_net()
    batches = SkipGramBlocks(CORPUS, 24, W, **ROWS)
    pair = list(itertools.islice(batches.epoch(0), 2))
    start, moved = tables(net), []
    for batch, rate in zip(pair, (0.1, 0.001)):
        list(net.in_place_sgd(batches, mx.cpu()).epoch([batch], lambda _, rate=rate: rate))
        moved.append([after - before for after, before in zip(tables(net), start)])
        set_tables(net, start)
    sizes = len(pairs_of(pair[0])), len(pairs_of(pair[1]))
    rates = {0: 0.1, sizes[0]: 0.001}
    found = list(net.in_place_sgd(batches, mx.cpu()).epoch(pair, rates.__getitem__))
    assert [result.num_pairs for result in found] == list(sizes)
    for after, before, first, second in zip(tables(net), start, *moved):
        assert abs(first).max() > 1e-2 and abs(second).max() > 1e-4
        numpy.testing.assert_allclose(after, before + first + second, atol=1e-6)


def test_a_batch_without_pairs_moves_nothing_and_another_is_measured() -> None:
    net = make_net()
    batches, batch = SkipGramBlocks(CORPUS, 24, W, **ROWS), first_batch()
    still = batch._replace(left=0 * batch.left, right=0 * batch.right)
    start = tables(net)
    assert list(net.in_place_sgd(batches, mx.cpu()).epoch([still], lambda _: 0.1)) == [([], 0, 0, True)]
    for after, before in zip(tables(net), start):
        numpy.testing.assert_array_equal(after, before)
    found = list(net.in_place_sgd(batches, mx.cpu()).epoch([still, batch], lambda _: 0.1))
    assert [(len(result.losses), result.num_measured) for result in found] == [
        (0, 0),
        (1, len(pairs_of(batch))),
    ]


def run(net: SkipGram, num_epochs: int = 3, **kwargs: Any) -> list[dict[str, Any]]:
    batches = SkipGramBlocks(CORPUS, 16, W, **ROWS)
    history: list[dict[str, Any]] = train(
        net, batches, num_epochs, 0.05, "sgd", schedule="linear", progress="none", **kwargs
    )
    return history


def test_a_run_learns_and_says_what_it_did() -> None:
    net = make_net(scale=0.1)
    history = run(net, 8, valid=SkipGramPairs(CORPUS, 16, W, held_out=True, subsampling="none"))
    assert history[-1]["valid_loss"] < history[0]["valid_loss"] - 0.1
    assert history[-1]["loss"] < history[0]["loss"] and history[-1]["lr"] < history[0]["lr"] < 0.05
    assert history[0]["centers"] > 0 and history[0]["pairs"] > history[0]["centers"]


def test_a_resumed_run_equals_one_that_was_not_interrupted(tmp_path: Path) -> None:
    whole, parts = make_net(), make_net()
    set_tables(parts, tables(whole))
    run(whole)

    def stop(_: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(parts, checkpoint=tmp_path, on_epoch_end=stop)
    again = make_net()
    history = run(again, checkpoint=Checkpoint(tmp_path))
    assert len(history) == 3
    for expected, found in zip(tables(whole), tables(again)):
        numpy.testing.assert_array_equal(found, expected)


def test_what_does_not_fit_is_named() -> None:
    blocks = SkipGramBlocks(CORPUS, 16, W, **ROWS)
    with pytest.raises(ValueError, match="batch_size takes a multiple of block_size, 4; got 18"):
        SkipGramBlocks(CORPUS, 18, W, **ROWS)
    with pytest.raises(ValueError, match=r"optimizer takes 'sgd' with SkipGramBlocks.*'adam'"):
        train(make_net(), blocks, 1, 0.05, progress="none")
    with pytest.raises(ValueError, match="device takes one context with SkipGramBlocks; got 2"):
        train(make_net(), blocks, 1, 0.05, "sgd", CPUS, progress="none")
    with pytest.raises(ValueError, match="clip_norm takes None with SkipGramBlocks; got 1"):
        train(make_net(), blocks, 1, 0.05, "sgd", clip_norm=1, progress="none")
    with pytest.raises(ValueError, match="num_noise_words of the batches takes that of the layer, 7; got 5"):
        train(make_net(7), blocks, 1, 0.05, "sgd", progress="none")
    counts = numpy.maximum(CORPUS.counts, 1)
    with pytest.raises(TypeError, match="NegativeSampling or HierarchicalSoftmax; got one with NCE"):
        train(SkipGram(V, D, NCE(counts, D, 5)), blocks, 1, 0.05, "sgd", progress="none")
    with pytest.raises(TypeError, match="net takes a SkipGram with SkipGramBlocks; got CBOW"):
        train(CBOW(V, D, NegativeSampling(counts, D)), blocks, 1, 0.05, "sgd", progress="none")


def test_tables_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="word_table"):
        NegativeSamplingSGD(np.zeros((V, D)), np.zeros((V, D + 1)), SkipGramBlocks(CORPUS, 16, W, **ROWS))
