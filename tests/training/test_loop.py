"""The training loop beside a loop in NumPy, itself on two contexts, and itself interrupted."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path
from typing import Any, Iterator

import numpy
import pytest
from oracles.reference import Optimizer, TinyCorpus, scatter_add, sigmoid, softplus

from gluon_softmax import CBOW, CBOWBatches, NegativeSampling, SkipGram, SkipGramBatches, SkipGramPairs, train
from gluon_softmax.backend import gluon, mx, nn, np
from gluon_softmax.training import loop as training_module
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.training.data_parallel import to_device
from gluon_softmax.training.evaluation import held_out_loss
from gluon_softmax.utils.randomness import derive_rng

V, D = 13, 6
OPTIMIZERS = {"sgd": 2.0, "adam": 0.05, "adagrad": 0.2}
TIMES = ("train_s", "centers_per_s", "pairs_per_s")


def make_corpus() -> TinyCorpus:
    """Words 1 to 12 in couples: 1 stands beside 2, 3 beside 4, and so on."""
    rng = numpy.random.default_rng(3)
    couples = [rng.permutation([2 * i + 1, 2 * i + 2]).tolist() for i in rng.integers(0, 6, 120)]
    return TinyCorpus([[*a, *b] if rng.random() < 0.1 else a for a, b in zip(couples[::2], couples[1::2])], V)


CORPUS = make_corpus()


def pairs(batch_size: int = 16, **kwargs: Any) -> SkipGramPairs:
    return SkipGramPairs(CORPUS, batch_size, 2, subsampling="none", **kwargs)


def book(batch_size: int = 16, **kwargs: Any) -> SkipGramBatches:
    return SkipGramBatches(CORPUS, batch_size, 2, 3, subsampling="none", **kwargs)


def cbow(batch_size: int = 16, **kwargs: Any) -> CBOWBatches:
    return CBOWBatches(CORPUS, batch_size, 2, subsampling="none", **kwargs)


MAKE: dict[str, Any] = {"pairs": pairs, "book": book, "cbow": cbow}


def make_net(sparse_grad: bool = False, kind: type = SkipGram) -> Any:
    counts = numpy.maximum(CORPUS.counts, 1)
    return kind(V, D, NegativeSampling(counts, D, 3, sparse_grad=sparse_grad), sparse_grad)


def weights(net: Any) -> list[numpy.ndarray]:
    """Every parameter, the same on all of its contexts."""
    found = []
    for parameter in net._collect_params_with_prefix().values():
        copies = [data.asnumpy() for data in parameter.list_data()]
        for copy in copies[1:]:
            numpy.testing.assert_array_equal(copy, copies[0])
        found.append(copies[0])
    return found


def quiet(*args: Any, **kwargs: Any) -> list[dict[str, Any]]:
    return train(*args, progress="none", **kwargs)


class Fixed:
    """Batches by hand, the same in every epoch."""

    def __init__(self, batches: list[Any], expected_positions: float) -> None:
        self.batches, self.expected_positions = batches, expected_positions
        self.produced = {"rows": 0}

    def epoch(self, epoch: int) -> Iterator[Any]:
        self.produced = {"rows": 0}
        for batch in self.batches:
            self.produced["rows"] += len(batch[0])
            yield batch


class Rows(gluon.Block):
    """Loss a position: Σ row² / 2 of a dense weight times a number."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.dense = nn.Dense(4, in_units=3, use_bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Any) -> Any:
        return (self.dropout(self.dense(x)) ** 2).sum(axis=1) / 2


X = [numpy.random.default_rng(i).normal(size=(n, 3)).astype(numpy.float32) for i, n in enumerate((7, 5, 1))]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_loop_is_that_of_numpy(name: str, contexts: Any) -> None:
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
def test_the_loss_falls_and_couples_find_each_other(name: str, sparse_grad: bool, contexts: Any) -> None:
    net = make_net(sparse_grad)
    history = quiet(net, pairs(32), 14, 2 * OPTIMIZERS[name], name, contexts, valid=pairs(64, held_out=True))
    assert history[-1]["loss"] < 0.8 * history[0]["loss"]
    assert history[-1]["valid_loss"] < 0.8 * 4 * numpy.log(2)
    embed, output = weights(net)
    nearest = (embed @ output.T)[1:].argmax(axis=1)
    wanted = [word + 1 if word % 2 else word - 1 for word in range(1, V)]
    assert (nearest == wanted).mean() > 0.9


class Stop(Exception):
    """An interruption."""


def interrupt(metrics: dict[str, Any]) -> None:
    raise Stop


@pytest.mark.parametrize("name, schedule", [("sgd", "linear"), ("adam", "constant"), ("adagrad", "linear")])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_a_resumed_run_equals_an_uninterrupted_one(
    name: str, sparse_grad: bool, schedule: str, contexts: Any, tmp_path: Path
) -> None:
    def run(seed: int, **kwargs: Any) -> tuple[list[dict[str, Any]], list[numpy.ndarray]]:
        mx.random.seed(seed)  # what was drawn before must not matter
        numpy.random.seed(seed)
        net = make_net(sparse_grad)
        history = quiet(
            net, pairs(32), 3, OPTIMIZERS[name], name, contexts, schedule=schedule, seed=9, **kwargs
        )
        return [{k: v for k, v in m.items() if k not in TIMES} for m in history], weights(net)

    whole = run(1)
    for seed in (2, 3):
        with pytest.raises(Stop):
            run(seed, checkpoint=tmp_path, on_epoch_end=interrupt)
    resumed = run(4, checkpoint=tmp_path)
    assert resumed[0] == whole[0]
    for one, two in zip(resumed[1], whole[1]):
        numpy.testing.assert_array_equal(one, two)
    again = run(5, checkpoint=str(tmp_path))  # nothing is left to do
    assert again[0] == whole[0]


def test_dropout_is_resumed_too(tmp_path: Path) -> None:
    def run(seed: int, **kwargs: Any) -> numpy.ndarray:
        net = Rows(dropout=0.5)
        quiet(net, Fixed([(x,) for x in X], 13), 3, 0.1, "adam", seed=2, **kwargs)
        return weights(net)[0]

    whole = run(1)
    with pytest.raises(Stop):
        run(2, checkpoint=Checkpoint(tmp_path), on_epoch_end=interrupt)
    numpy.testing.assert_array_equal(run(3, checkpoint=Checkpoint(tmp_path)), whole)


def rates_of(
    monkeypatch: pytest.MonkeyPatch, schedule: str, expected: float
) -> tuple[list[float], list[dict]]:
    rates: list[float] = []
    step = gluon.Trainer.step

    def spy(self: Any, batch_size: int) -> None:
        rates.append(self.learning_rate)
        step(self, batch_size)

    monkeypatch.setattr(gluon.Trainer, "step", spy)
    history = quiet(Rows(), Fixed([(x,) for x in X], expected), 4, 0.5, "sgd", schedule=schedule)
    return rates, history


def test_learning_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, history = rates_of(monkeypatch, "linear", 13)
    done = [(epoch + before / 13) / 4 for epoch in range(4) for before in (0, 7, 12)]
    numpy.testing.assert_allclose(rates, 0.5 * (1 - numpy.array(done)))
    assert rates[0] == 0.5 and [m["lr"] for m in history] == rates[2::3]


def test_learning_rates_where_the_epoch_is_longer_than_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, _ = rates_of(monkeypatch, "linear", 7)
    numpy.testing.assert_allclose(rates[:4], [0.5, 0.375, 0.375, 0.375])
    numpy.testing.assert_allclose(rates[-2:], 0.5e-4)  # the least, as in word2vec.c


def test_a_constant_learning_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, history = rates_of(monkeypatch, "constant", 13)
    assert rates == [0.5] * 12 and history[-1]["lr"] == 0.5


@pytest.mark.parametrize("every, draws", [(1, 8), (3, 4), (100, 2)])  # 4 batches an epoch, 2 epochs
def test_resample_every(every: int, draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net = make_net()
    seeds: list[Any] = []
    resample = NegativeSampling.resample

    def spy(self: Any, rng: Any) -> None:
        resample(self, rng)
        seeds.append(self._seed)

    monkeypatch.setattr(NegativeSampling, "resample", spy)
    batch = (numpy.array([1, 2, 3], dtype=numpy.int32), numpy.array([2, 1, 4], dtype=numpy.int32))
    quiet(net, Fixed([batch] * 4, 12), 2, 0.1, "sgd", resample_every=every)
    assert seeds[-1] is None and len(set(seeds[:-1])) == len(seeds) - 1 == draws


def test_metrics_are_honest() -> None:
    batches = book()
    seen: list[dict[str, Any]] = []
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


def test_held_out_loss_is_the_mean_over_all_positions(contexts: Any) -> None:
    net = make_net()
    valid = pairs(16, held_out=True)
    history = quiet(net, pairs(), 1, 0.1, device=contexts, valid=valid)
    embed, output = (weight.astype(numpy.float64) for weight in weights(net))
    center, context = (numpy.concatenate(column) for column in zip(*valid.epoch(0)))
    noise = net.output_layer.noise_words(context, 0)
    right = numpy.einsum("bd,bd->b", embed[center], output[context])
    wrong = numpy.einsum("bd,bkd->bk", embed[center], output[noise])
    wanted = (softplus(-right) + softplus(wrong).sum(axis=1)).mean()
    assert abs(history[0]["valid_loss"] - wanted) < 1e-5 * wanted
    assert held_out_loss(net, valid, contexts) == history[0]["valid_loss"]
    assert abs(held_out_loss(net, list(valid.epoch(0)), contexts) - wanted) < 1e-5 * wanted
    assert numpy.isnan(held_out_loss(net, [], contexts))


def test_one_step_of_skip_gram_is_that_of_numpy() -> None:
    """The gradient of −log σ is (σ − label) times the other vector, over the positions of the batch."""
    net = make_net()
    mx.random.seed(1)
    net.initialize(mx.init.Normal(1.0))
    embed, output = (weight.astype(numpy.float64) for weight in weights(net))
    batch = next(pairs(held_out=True).epoch(0))
    quiet(net, Fixed([batch], len(batch.center)), 1, 0.5, "sgd", seed=4)
    net.output_layer.resample(derive_rng(4, 0, 0, "noise"))
    words = numpy.column_stack(
        [batch.context, net.output_layer.noise_words(batch.context, net.output_layer._seed)]
    )
    label = numpy.array([1, 0, 0, 0])
    hidden = embed[batch.center]
    slope = (sigmoid(numpy.einsum("bd,bld->bl", hidden, output[words])) - label) / len(words)  # (B, 4)
    output_gradient = scatter_add(words, slope[:, :, None] * hidden[:, None], V)
    embed_gradient = scatter_add(batch.center, numpy.einsum("bl,bld->bd", slope, output[words]), V)
    for got, before, gradient in zip(weights(net), (embed, output), (embed_gradient, output_gradient)):
        numpy.testing.assert_allclose(got, before - 0.5 * gradient, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("num_batches", [49, 50, 51, 100, 120])
def test_the_curve_has_every_loss_once(num_batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    curves: list[Any] = []
    monkeypatch.setattr(training_module, "save_loss_plot", lambda curve, history, path: curves.append(curve))
    net = Rows()
    net.initialize(mx.init.Constant(0.5))
    x = numpy.ones((2, 3), dtype=numpy.float32)
    history = quiet(net, Fixed([(x,)] * num_batches, 2 * num_batches), 2, 1e-9, "sgd", plot="unused.png")
    points = -(-num_batches // 50)
    numpy.testing.assert_allclose([y for _, y in curves[0]], [4.5] * 2 * points, rtol=1e-5)
    xs = [epoch + min(1, 50 * (i + 1) / num_batches) for epoch in range(2) for i in range(points)]
    numpy.testing.assert_allclose([x for x, _ in curves[0]], xs)
    assert abs(history[1]["loss"] - 4.5) < 1e-4


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
def test_empty_batches_are_named(sentences: Any) -> None:
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
def test_wrong_arguments_are_named(name: str, value: Any, error: type) -> None:
    arguments: dict[str, Any] = {"num_epochs": 1, "lr": 0.1, "progress": "none", name: value}
    with pytest.raises(error, match=rf"^{name} takes"):
        train(make_net(), pairs(), **arguments)


def test_to_device_cuts_along_the_batch_axis() -> None:
    by_time = namedtuple("by_time", "inputs targets")
    by_time.batch_axis = 1  # type: ignore[attr-defined]
    inputs = numpy.arange(15, dtype=numpy.int32).reshape(3, 5)
    shards = to_device(by_time(inputs, inputs + 1), [mx.cpu(0), mx.cpu(1)])
    for k, columns in enumerate((slice(0, 3), slice(3, 5))):
        assert shards[k][0].ctx == mx.cpu(k) and shards[k][0].dtype == numpy.int32
        numpy.testing.assert_array_equal(shards[k][0].asnumpy(), inputs[:, columns])
        numpy.testing.assert_array_equal(shards[k][1].asnumpy(), inputs[:, columns] + 1)
    assert len(to_device((inputs[:1],), [mx.cpu(0), mx.cpu(1)])) == 1
    big = numpy.array([2**24 + 1, 2**31 - 1], dtype=numpy.int32)
    numpy.testing.assert_array_equal(to_device((big,), [mx.cpu()])[0][0].asnumpy(), big)
    assert np.float32 == to_device((X[0],), [mx.cpu()])[0][0].dtype
