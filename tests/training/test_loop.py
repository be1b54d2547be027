"""The training loop beside a loop in NumPy, itself on two contexts, and what it says of an epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.reference import Optimizer, TinyCorpus
from oracles.small_training import (
    CORPUS,
    MAKE,
    OPTIMIZERS,
    Fixed,
    Rows,
    V,
    X,
    book,
    make_net,
    pairs,
    quiet,
    weights,
)

from gluon_softmax import CBOW, SkipGram, SkipGramPairs, train
from gluon_softmax.backend import mx
from gluon_softmax.utils.types import Context, Metrics


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_loop_is_that_of_numpy(name: str, contexts: list[Context]) -> None:
    """Uneven batches, the last one smaller than the list of contexts; means over positions."""
    net = Rows()
    mx.random.seed(0)
    net.initialize(mx.init.Normal(1.0), ctx=contexts)
    weight = net.dense.weight.data(contexts[0]).asnumpy().astype(numpy.float64)  # (4, 3)
    history = quiet(net, Fixed([(x,) for x in X], 13), 2, 0.1, name, contexts)
    optimizer = Optimizer(name, 0.1, lazy=False)
    for metrics in history:
        total = 0.0
        for x in X:
            total += ((x @ weight.T) ** 2).sum() / 2
            weight = optimizer.step(weight, (x @ weight.T).T @ x / len(x))
        assert abs(metrics["loss"] - total / 13) < 1e-5 * total
        assert metrics["rows"] == 13
    numpy.testing.assert_allclose(weights(net)[0], weight, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "name, sparse_grad", [("sgd", False), ("sgd", True), ("adam", True), ("adagrad", True)]
)
@pytest.mark.parametrize("kind", MAKE)
def test_two_contexts_equal_one(kind: str, name: str, sparse_grad: bool) -> None:
    results = []
    for contexts in [mx.cpu(1)], [mx.cpu(0), mx.cpu(1)]:
        batches, valid = MAKE[kind](23), MAKE[kind](50, held_out=True)
        net = make_net(sparse_grad, CBOW if kind == "cbow" else SkipGram)
        history = quiet(net, batches, 2, OPTIMIZERS[name], name, contexts, valid=valid)
        assert [p.list_ctx() for p in net.collect_params().values()] == [contexts] * 2
        results.append((history, weights(net)))
    for one, two in zip(*(history for history, _ in results)):
        for key in ("loss", "valid_loss"):
            assert abs(one[key] - two[key]) < 1e-4 * one[key]
    for one_weight, two_weight in zip(*(found for _, found in results)):
        numpy.testing.assert_allclose(one_weight, two_weight, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["sgd", "adagrad"])
def test_sparse_gradients_equal_dense_ones(name: str) -> None:
    found = []
    for sparse_grad in (False, True):
        net = make_net(sparse_grad)
        quiet(net, pairs(), 2, OPTIMIZERS[name], name)
        found.append(weights(net))
    for dense, sparse in zip(*found):
        numpy.testing.assert_allclose(dense, sparse, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "name, sparse_grad", [("sgd", False), ("sgd", True), ("adam", True), ("adagrad", False)]
)
def test_the_loss_falls_and_couples_find_each_other(
    name: str, sparse_grad: bool, contexts: list[Context]
) -> None:
    net = make_net(sparse_grad)
    history = quiet(net, pairs(32), 14, 2 * OPTIMIZERS[name], name, contexts, valid=pairs(64, held_out=True))
    assert history[-1]["loss"] < 0.8 * history[0]["loss"]
    assert history[-1]["valid_loss"] < 0.8 * 4 * numpy.log(2)
    embed, output = weights(net)
    nearest = (embed @ output.T)[1:].argmax(axis=1)
    wanted = [word + 1 if word % 2 else word - 1 for word in range(1, V)]
    assert (nearest == wanted).mean() > 0.9


def test_metrics_are_honest() -> None:
    batches = book()
    seen: list[Metrics] = []
    history = quiet(make_net(), batches, 2, 0.1, valid=book(8, held_out=True), on_epoch_end=seen.append)
    assert seen == history
    for epoch, metrics in enumerate(history):
        assert list(metrics) == [
            "epoch", "loss", "lr", "train_s", "centers", "centers_per_s", "pairs", "pairs_per_s", "valid_loss"
        ]  # fmt: skip
        given = list(batches.epoch(epoch))
        assert metrics["epoch"] == epoch + 1 and metrics["lr"] == 0.1
        assert metrics["centers"] == sum(len(batch.center) for batch in given)
        assert metrics["pairs"] == sum(int(batch.label.sum()) for batch in given)
        for name in ("centers", "pairs"):
            assert metrics[f"{name}_per_s"] == metrics[name] / metrics["train_s"]


@pytest.mark.parametrize("valid", [False, True])
def test_the_plot_is_a_picture(valid: bool, tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    quiet(make_net(), pairs(), 2, 0.1, valid=pairs(held_out=True) if valid else None, plot=path)
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert path.stat().st_size > 5000


def test_one_seed_decides_and_a_given_initialization_stays() -> None:
    def run(seed: int) -> list[numpy.ndarray]:
        net = make_net()
        quiet(net, pairs(), 1, 0.1, seed=seed)
        return weights(net)

    first, again, other = run(1), run(1), run(2)
    for one, same, different in zip(first, again, other):
        numpy.testing.assert_array_equal(one, same)
        assert abs(one - different).max() > 1e-3
    net = make_net()
    net.initialize(mx.init.Constant(0.25))
    quiet(net, pairs(), 1, 1e-9, "sgd", mx.cpu(1))
    for weight in weights(net):
        numpy.testing.assert_allclose(weight, 0.25, atol=1e-6)
    assert net.embed.weight.list_ctx() == [mx.cpu(1)]


def test_hybridize_changes_nothing() -> None:
    found = []
    for hybridize in (False, True):
        net = make_net()
        quiet(net, book(), 2, 0.1, hybridize=hybridize)
        found.append(weights(net))
    for one, two in zip(*found):
        numpy.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("sentences", [[[1], [2]], [[0, 1, 0]], [[0]]])
def test_empty_batches_are_named(sentences: list[list[int]]) -> None:
    batches = SkipGramPairs(TinyCorpus(sentences, V, CORPUS.counts), 8, subsampling="none")
    with pytest.raises(ValueError, match=r"^batches takes at least one position per epoch; got none"):
        quiet(make_net(), batches, 1, 0.1)


@pytest.mark.parametrize("name, value, error", [
    ("num_epochs", 0, ValueError), ("num_epochs", 1.0, TypeError), ("lr", 0, ValueError),
    ("lr", -1, ValueError),
    ("lr", float("nan"), ValueError), ("lr", "0.1", TypeError), ("optimizer", "ftrl", ValueError),
    ("schedule", "cosine", ValueError), ("device", "cpu", TypeError), ("device", [], TypeError),
    ("device", [mx.cpu(), mx.cpu()], ValueError), ("seed", -1, ValueError), ("resample_every", 0, ValueError),
    ("progress", "loud", ValueError),
])  # fmt: skip
def test_wrong_arguments_are_named(name: str, value: object, error: type[Exception]) -> None:
    arguments: dict[str, Any] = {"num_epochs": 1, "lr": 0.1, "progress": "none", name: value}
    with pytest.raises(error, match=rf"^{name} takes"):
        train(make_net(), pairs(), **arguments)
