"""Gradients by way of a small table of the batch's rows, beside MXNet's own way and NumPy's scatter."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import numpy
import pytest
from oracles.reference import scatter_add

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np, row_sparse
from gluon_softmax.backend.embedding import Embedding, rows_of
from gluon_softmax.backend.row_sparse import RowSparseParameter
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.utils.types import Array, Context, Contexts

V, D = 50, 4
RNG = numpy.random.default_rng(7)
IDS = numpy.array([[3, 49, 3], [0, 7, 49]], dtype=numpy.int32)
OTHERS = numpy.array([[8, 3, 0]], dtype=numpy.int32)
WEIGHTS, OTHER_WEIGHTS = (RNG.normal(size=(*ids.shape, D)).astype(numpy.float32) for ids in (IDS, OTHERS))


@pytest.fixture(autouse=True)
def copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copying pays for tables as short as these."""
    monkeypatch.setattr(row_sparse, "_ROWS_PER_ID", 0)


def make(ctx: Contexts = None) -> Embedding:
    mx.random.seed(2)
    embed = Embedding(V, D, sparse_grad=True)
    embed.initialize(mx.init.Normal(1.0), ctx=ctx or mx.cpu())
    return embed


def table_of(embed: Embedding) -> RowSparseParameter:
    assert isinstance(embed.weight, RowSparseParameter)
    return embed.weight


def loss_of(embed: Embedding, ids: numpy.ndarray = IDS, weights: numpy.ndarray = WEIGHTS) -> Array:
    loss: Array = (embed(np.array(ids, dtype="int32")) * np.array(weights)).sum()
    return loss


def gradient(embed: Embedding) -> numpy.ndarray:
    found: numpy.ndarray = embed.weight.grad().tostype("default").asnumpy()
    return found


def test_rows_gradient_and_ids_are_those_of_a_gather(contexts: list[Context]) -> None:
    embed = make(contexts)
    table, parameter = embed.weight.data(contexts[-1]).asnumpy(), table_of(embed)
    for ids, weights in ((IDS, WEIGHTS), (OTHERS, OTHER_WEIGHTS), (IDS, WEIGHTS)):  # longer, shorter, longer
        with autograd.record():
            rows = parameter.rows(ids, contexts[-1])
            assert rows is not None
            loss = (rows * np.array(weights, ctx=contexts[-1])).sum()
        numpy.testing.assert_array_equal(rows.asnumpy(), table[ids])
        loss.backward()
        found: Any = parameter.grad(contexts[-1])
        numpy.testing.assert_array_equal(found.indices.asnumpy(), numpy.unique(ids))
        numpy.testing.assert_allclose(
            found.tostype("default").asnumpy(), scatter_add(ids, weights, V), rtol=1e-6, atol=1e-6
        )


def test_where_copying_does_not_pay_mxnet_looks_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sparse, "_ROWS_PER_ID", V // IDS.size + 1)
    embed = make()
    with autograd.record():
        assert table_of(embed).rows(IDS, mx.cpu()) is None
        loss = loss_of(embed)
    loss.backward()
    numpy.testing.assert_allclose(gradient(embed), scatter_add(IDS, WEIGHTS, V), rtol=1e-6, atol=1e-6)
    assert table_of(make()).rows(IDS, mx.cpu()) is None  # nothing records


def test_losses_of_one_backward_add_up_and_a_second_backward_starts_anew() -> None:
    embed = make()
    with autograd.record():
        losses = [loss_of(embed), loss_of(embed, OTHERS, OTHER_WEIGHTS)]
    autograd.backward(losses)
    wanted = scatter_add(IDS, WEIGHTS, V) + scatter_add(OTHERS, OTHER_WEIGHTS, V)
    numpy.testing.assert_allclose(gradient(embed), wanted, rtol=1e-6, atol=1e-6)
    with autograd.record():
        loss = loss_of(embed, OTHERS, OTHER_WEIGHTS)
    numpy.testing.assert_allclose(gradient(embed), wanted, rtol=1e-6, atol=1e-6)  # not overwritten yet
    loss.backward()
    numpy.testing.assert_allclose(gradient(embed), scatter_add(OTHERS, OTHER_WEIGHTS, V), rtol=1e-6)


@pytest.mark.parametrize("steps", [1, 3])
def test_what_mxnet_looked_up_in_the_same_graph_is_added(steps: int) -> None:
    embed = make()
    trainer = gluon.Trainer(embed.collect_params(), "sgd", {"learning_rate": 0.5}, kvstore=None)
    wanted = scatter_add(IDS, WEIGHTS, V) + scatter_add(OTHERS, OTHER_WEIGHTS, V)
    for _ in range(steps):
        before = embed.weight.data().asnumpy()
        with autograd.record():
            row = mx.nd.npx.embedding(
                np.array(OTHERS), embed.weight.data(), input_dim=V, output_dim=D, sparse_grad=True
            )
            loss = loss_of(embed) + (row * np.array(OTHER_WEIGHTS)).sum()
        loss.backward()
        trainer.step(1)
        numpy.testing.assert_allclose(gradient(embed), wanted, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_allclose(
            embed.weight.data().asnumpy(), before - 0.5 * wanted, rtol=1e-5, atol=1e-6
        )
        with autograd.record():  # MXNet's way alone: nothing of the small tables may be left
            row = mx.nd.npx.embedding(
                np.array(OTHERS), embed.weight.data(), input_dim=V, output_dim=D, sparse_grad=True
            )
            loss = (row * np.array(OTHER_WEIGHTS)).sum()
        loss.backward()
        numpy.testing.assert_allclose(gradient(embed), scatter_add(OTHERS, OTHER_WEIGHTS, V), rtol=1e-6)
        trainer.step(1)


def test_a_trainer_still_refuses_a_gradient_that_is_old() -> None:
    embed = make()
    trainer = gluon.Trainer(embed.collect_params(), "sgd", {"learning_rate": 0.5}, kvstore=None)
    with autograd.record():
        loss = loss_of(embed)
    loss.backward()
    trainer.step(1)
    with pytest.raises(UserWarning, match="has not been updated by backward"):
        trainer.step(1)


def test_zero_grad_leaves_nothing_to_come() -> None:
    embed = make()
    with autograd.record():
        loss = loss_of(embed)
    loss.backward()
    embed.collect_params().zero_grad()
    assert not gradient(embed).any()


def test_losses_without_a_backward_do_not_pile_up_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sparse, "_MAX_PENDING", 3)
    embed = make()
    with autograd.record():
        for _ in range(3):
            loss_of(embed)
        with pytest.raises(RuntimeError, match=r"^backward takes the losses .* got none for 3 lookups in"):
            loss_of(embed)


def test_a_table_that_is_frozen_after_its_backward() -> None:
    embed = make()
    with autograd.record():
        loss = loss_of(embed)
    loss.backward()
    embed.weight.grad_req = "null"
    assert embed.weight.list_data()[0].shape == (V, D)
    with pytest.raises(RuntimeError, match="grad_req='null'"):
        embed.weight.grad()


def test_a_frozen_table_is_looked_up_without_a_gradient() -> None:
    embed = make()
    embed.weight.grad_req = "null"
    with autograd.record():
        assert table_of(embed).rows(IDS, mx.cpu()) is None
        rows = rows_of(embed.weight, IDS, mx.cpu())
    numpy.testing.assert_array_equal(rows.asnumpy(), embed.weight.data().asnumpy()[IDS])


@pytest.mark.parametrize("name", ["adam", "adagrad", "sgd"])
@pytest.mark.parametrize("layer_of", [
    lambda: gs.NegativeSampling(numpy.arange(V) + 1, D, sparse_grad=True),
    lambda: gs.NCE(numpy.arange(V) + 1, D, 6, sparse_grad=True),
    lambda: gs.SampledSoftmax(V, D, 6, sparse_grad=True),
    lambda: gs.InBatchSoftmax(numpy.arange(V) + 1, D, sparse_grad=True),
], ids=["negative_sampling", "nce", "sampled", "in_batch"])  # fmt: skip
def test_training_is_the_same_either_way(
    layer_of: Callable[[], OutputLayer], name: str, contexts: list[Context], monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = []
    for rows_per_id in (0, 10**6):
        monkeypatch.setattr(row_sparse, "_ROWS_PER_ID", rows_per_id)
        mx.random.seed(4)
        net = gs.SkipGram(V, D, layer_of(), sparse_grad=True)
        gs.train(net, Pairs(), 2, 0.05, name, device=contexts, progress="none")
        tables.append([p.data(contexts[-1]).asnumpy() for p in net.collect_params().values()])
    for one, other in zip(*tables):
        numpy.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


class Pairs:
    """Pairs as `gs.train` takes them, in batches of several sizes."""

    def __init__(self) -> None:
        self.produced, self.expected_positions = {"pairs": 24}, 24.0

    def epoch(self, epoch: int) -> Iterator[tuple[numpy.ndarray, ...]]:
        rng = numpy.random.default_rng(epoch)
        for size in (10, 5, 8, 1):
            yield tuple(rng.integers(1, V, (2, size)).astype(numpy.int32))
