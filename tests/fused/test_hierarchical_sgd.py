"""The fast step of hierarchical softmax beside the textbook path and NumPy; and its training."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from oracles.blocks import CORPUS, B, D, V, W, pairs_of, set_tables, tables, two_lists
from oracles.reference import scatter_add, sigmoid, softplus

from gluon_softmax import (
    BinaryTree,
    HierarchicalSoftmax,
    SkipGram,
    SkipGramBlocks,
    SkipGramPairs,
    balanced_tree,
    train,
)
from gluon_softmax.backend import autograd, mx, nn, np
from gluon_softmax.fused import hierarchical_sgd
from gluon_softmax.utils.types import Context

CPUS = [mx.cpu(0), mx.cpu(1)]
RATE = 0.05


@pytest.fixture(params=[1, 5, 32], ids="{} pairs per group".format, autouse=True)
def pairs_per_group(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hierarchical_sgd, "_GROUP_SIZE", request.param)


def make_blocks(batch_size: int = 24) -> SkipGramBlocks:
    return SkipGramBlocks(CORPUS, batch_size, W, 0, block_size=B, subsampling="none")


def make_net(ctx: Context | None = None, scale: float = 0.8, tree: BinaryTree | None = None) -> SkipGram:
    net = SkipGram(V, D, HierarchicalSoftmax(numpy.maximum(CORPUS.counts, 1), D, tree))
    net.initialize(mx.init.Uniform(scale), ctx=ctx or mx.cpu())
    return net


def tree_of(net: SkipGram) -> BinaryTree:
    layer = net.output_layer
    assert isinstance(layer, HierarchicalSoftmax)
    return layer.tree


def epoch_of(net: SkipGram, batches: SkipGramBlocks, ctx: Context) -> tuple[list[float], list[int]]:
    """The steps on an epoch's batches: losses of those that measured it, and pairs."""
    losses, _, sizes, _ = zip(*net.in_place_sgd(batches, ctx).epoch(batches.epoch(0), lambda _: RATE))
    return [float(loss) for step in losses for loss in step], [size for size in sizes if size]


def one_batch() -> SkipGramBlocks:
    """An epoch that is one step: what several steps have in common is sorted anew."""
    return make_blocks(400)


@pytest.mark.parametrize("ctx", CPUS, ids=str)
@pytest.mark.parametrize("most", [3, 10**6], ids=["damped", "whole"])
def test_a_step_is_that_of_a_loop_over_pairs(
    most: int, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hierarchical_sgd, "_MAX_CHANGES", most)
    net, batches = make_net(ctx), one_batch()
    (batch,), tree = list(batches.epoch(0)), tree_of(net)
    v, w = (table.astype(numpy.float64) for table in tables(net))
    losses, ids, steps = 0.0, two_lists(), two_lists()
    for center, context, _ in pairs_of(batch):
        for node, code in zip(tree.points[center].tolist(), tree.codes[center].tolist()):
            score = v[context] @ w[node]
            losses += softplus(-score if code == 0 else score)
            slope = (code == 0) - sigmoid(score)
            ids[0].append(context)
            ids[1].append(node)
            steps[0].append(slope * w[node])
            steps[1].append(slope * v[context])
    (loss,), (size,) = epoch_of(net, batches, ctx)
    assert size == len(pairs_of(batch)) > 300
    assert loss == pytest.approx(losses, rel=1e-5)
    hidden, nodes = tables(net)
    numpy.testing.assert_allclose(hidden, v + RATE * scatter_add(ids[0], steps[0], V), atol=1e-5)
    # expected changes of a node in a batch: pairs of a batch, of which a share passes it
    share = numpy.zeros(V - 1)
    for word, count in enumerate(batches.kept_counts / batches.kept_counts.sum()):
        share[tree.points[word]] += count
    pairs = batches.batch_size * batches.expected_positions / batches.kept_counts.sum()
    damping = numpy.minimum(1, most / numpy.maximum(1, pairs * share))
    assert (damping.min() < 0.1) == (most == 3)
    change = RATE * damping[:, None] * scatter_add(ids[1], steps[1], V - 1)
    numpy.testing.assert_allclose(nodes, w + change, atol=1e-5)


@pytest.mark.parametrize("tree", [None, balanced_tree(V)], ids=["huffman", "balanced"])
@pytest.mark.parametrize("ctx", CPUS, ids=str)
def test_loss_and_gradient_are_those_of_the_textbook_path_on_the_same_pairs(
    ctx: Context, tree: BinaryTree | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hierarchical_sgd, "_MAX_CHANGES", 10**6)
    fast, batches = make_net(ctx, tree=tree), one_batch()
    before = tables(fast)
    textbook = set_tables(make_net(ctx, tree=tree), before)
    (batch,) = batches.epoch(0)
    center, context, _ = zip(*pairs_of(batch))
    with autograd.record():
        losses = textbook(np.array(context, dtype="int32", ctx=ctx), np.array(center, dtype="int32", ctx=ctx))
        total = losses.sum()
    total.backward()
    (loss,), (size,) = epoch_of(fast, batches, ctx)
    assert size == losses.size and loss == pytest.approx(float(total), rel=1e-5)
    for after, start, parameter in zip(
        tables(fast), before, (textbook.embed.weight, textbook.output_layer.weight)
    ):
        gradient = parameter.grad(ctx).asnumpy()
        assert abs(gradient).max() > 1
        numpy.testing.assert_allclose(after, start - RATE * gradient, atol=1e-5)


def test_every_pair_counts_once_whatever_the_batches() -> None:
    sizes = epoch_of(make_net(), make_blocks(8), mx.cpu())[1]
    pairs = SkipGramPairs(CORPUS, 10, W, subsampling="none")
    assert sum(sizes) == sum(len(batch.center) for batch in pairs.epoch(0)) and len(sizes) > 10


def test_a_step_without_compilation_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = make_net()
    plain = set_tables(make_net(), tables(compiled))
    epoch_of(compiled, make_blocks(), mx.cpu())
    monkeypatch.setattr(nn.HybridLambda, "hybridize", lambda *_, **__: None)
    epoch_of(plain, make_blocks(), mx.cpu())
    for found, expected in zip(tables(plain), tables(compiled)):
        numpy.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_run_learns() -> None:
    net, valid = make_net(scale=0.1), SkipGramPairs(CORPUS, 16, W, held_out=True, subsampling="none")
    history = train(net, make_blocks(), 8, RATE, "sgd", schedule="linear", progress="none", valid=valid)
    assert history[-1]["valid_loss"] < history[0]["valid_loss"] - 0.02
    assert history[-1]["loss"] < history[0]["loss"] - 0.02


def test_batches_with_noise_are_refused() -> None:
    blocks = SkipGramBlocks(CORPUS, 24, W, 5, block_size=B)
    with pytest.raises(ValueError, match="num_noise_words of the batches takes that of the layer, 0; got 5"):
        train(make_net(), blocks, 1, RATE, "sgd", progress="none")


def test_a_resumed_run_equals_one_that_was_not_interrupted(tmp_path: Path) -> None:
    start = tables(make_net())
    found = []
    for stops in ((3,), (1, 3)):
        for epochs in stops:
            net = set_tables(make_net(), start)
            folder = tmp_path / str(len(stops))
            train(net, make_blocks(), epochs, RATE, "sgd", progress="none", checkpoint=folder)
        found.append(tables(net))
    for whole, resumed, before in zip(*found, start):
        assert abs(whole - before).max() > 0.01
        numpy.testing.assert_array_equal(resumed, whole)
