"""The table of rows: values, row-sparse gradients and updates beside NumPy's gather and scatter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.reference import Optimizer, scatter_add

from gluon_softmax.backend import autograd, gluon, mx, nn, np
from gluon_softmax.backend.embedding import Embedding, RowSparseParameter
from gluon_softmax.training.data_parallel import to_device, zero_gradients
from gluon_softmax.training.trainer import make_trainer

V, D = 11, 4
IDS = numpy.array(
    [[1, 7, 7], [3, 1, 9], [0, 7, 4], [9, 10, 3]], dtype=numpy.int32
)  # rows 2, 5, 6, 8 are absent
OUT_GRAD = numpy.random.default_rng(5).normal(size=(*IDS.shape, D)).astype(numpy.float32)
BATCHES = [
    IDS,
    numpy.array([[2, 2, 5]], dtype=numpy.int32),
    numpy.array([[7, 1, 5], [0, 0, 6]], dtype=numpy.int32),
]


def make(sparse_grad: bool, contexts: Any, hybridize: bool = False) -> Embedding:
    mx.random.seed(3)
    embed = Embedding(V, D, sparse_grad)
    embed.initialize(mx.init.Normal(1.0), ctx=contexts)
    if hybridize:
        embed.hybridize(static_alloc=True)
    return embed


def backward(embed: Any, ids: numpy.ndarray, out_grad: numpy.ndarray, contexts: Any) -> list[numpy.ndarray]:
    """Backward of Σ out · out_grad on every context; the rows looked up, put together again."""
    shards = to_device((ids, out_grad), contexts)
    with autograd.record():
        rows = [embed(shard_ids) for shard_ids, _ in shards]
        losses = [(row * grad).sum() for row, (_, grad) in zip(rows, shards)]
    autograd.backward(losses)
    return [row.asnumpy() for row in rows]


def dense(gradient: Any) -> numpy.ndarray:
    return gradient.tostype("default").asnumpy() if gradient.stype == "row_sparse" else gradient.asnumpy()


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_rows_and_gradients_are_those_of_a_gather(sparse_grad: bool, hybridize: bool, contexts: Any) -> None:
    embed = make(sparse_grad, contexts, hybridize)
    table = embed.weight.data(contexts[0]).asnumpy()
    assert len(numpy.unique(table)) == V * D
    for _ in range(2):  # the second pass overwrites the first, it does not add
        rows = backward(embed, IDS, OUT_GRAD, contexts)
        numpy.testing.assert_array_equal(numpy.concatenate(rows), table[IDS])
    pieces = zip(numpy.array_split(IDS, len(contexts)), numpy.array_split(OUT_GRAD, len(contexts)), contexts)
    for ids, out_grad, ctx in pieces:
        gradient = embed.weight.grad(ctx)
        assert gradient.stype == ("row_sparse" if sparse_grad else "default")
        numpy.testing.assert_allclose(dense(gradient), scatter_add(ids, out_grad, V), rtol=1e-6, atol=1e-6)
        if sparse_grad:  # the rows of the batch and no others
            numpy.testing.assert_array_equal(gradient.indices.asnumpy(), numpy.unique(ids))


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_one_table_looked_up_twice_adds_both_gradients(sparse_grad: bool, hybridize: bool) -> None:
    embed = make(sparse_grad, mx.cpu(), hybridize)
    first, second = BATCHES[0][:2], BATCHES[2]
    with autograd.record():
        loss = (embed(np.array(first)) * np.array(OUT_GRAD[:2])).sum()
        loss = loss + (embed(np.array(second)) * np.array(OUT_GRAD[2:])).sum()
    loss.backward()
    wanted = scatter_add(numpy.concatenate([first, second]), OUT_GRAD, V)
    numpy.testing.assert_allclose(dense(embed.weight.grad()), wanted, rtol=1e-6, atol=1e-6)


class Sandwich(gluon.Block):
    """Other parameters are drawn before the table and after it."""

    def __init__(self, sparse_grad: bool) -> None:
        super().__init__()
        self.before = nn.Dense(3, in_units=2)
        self.embed = Embedding(V, D, sparse_grad)
        self.after = nn.Dense(5, in_units=D)

    def forward(self, ids: Any) -> Any:
        return self.after(self.embed(ids)).sum() + self.before(np.ones((1, 2), ctx=ids.ctx)).sum()


def test_initial_weights_do_not_depend_on_sparse_grad(contexts: Any) -> None:
    weights = []
    for sparse_grad in (False, True):
        mx.random.seed(11)
        net = Sandwich(sparse_grad)
        net.initialize(mx.init.Xavier(), ctx=contexts)
        weights.append(
            {k: p.data(contexts[-1]).asnumpy() for k, p in net._collect_params_with_prefix().items()}
        )
    assert list(weights[0]) == [
        "before.weight", "before.bias", "embed.weight", "after.weight", "after.bias"
    ]  # fmt: skip
    for name in weights[0]:
        numpy.testing.assert_array_equal(weights[0][name], weights[1][name])
    assert weights[0]["embed.weight"].std() > 0.1


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_the_table_is_seen_by_parents(sparse_grad: bool) -> None:
    net = Sandwich(sparse_grad)
    table = net.embed.weight
    assert net._collect_params_with_prefix()["embed.weight"] is table
    assert any(parameter is table for parameter in net.collect_params().values())
    assert table.name == net.embed.prefix + "weight"
    assert isinstance(table, RowSparseParameter) is sparse_grad
    assert table._grad_stype == ("row_sparse" if sparse_grad else "default")


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_params_of_another_block_are_shared(sparse_grad: bool) -> None:
    first = Embedding(V, D, sparse_grad)
    second = Embedding(V, D, sparse_grad, params=first.params)
    assert second.weight is first.weight


def updated(
    name: str, sparse_grad: bool, contexts: Any, steps: int = 6
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The table before and after `steps` steps, its rows pulled towards zero by Σ row² / 2."""
    embed = make(sparse_grad, contexts)
    trainer = make_trainer(embed, name, 0.1, contexts)
    before = embed.weight.data(contexts[0]).asnumpy()
    for step in range(steps):
        ids = BATCHES[step % 3]
        with autograd.record():
            losses = [(embed(shard) ** 2).sum() / 2 for (shard,) in to_device((ids,), contexts)]
        autograd.backward(losses)
        zero_gradients(embed, contexts[len(losses) :])
        trainer.step(ids.size)
    tables = [data.asnumpy() for data in embed.weight.list_data()]
    for table in tables[1:]:
        numpy.testing.assert_array_equal(table, tables[0])
    return before, tables[0]


def numpy_updated(name: str, lazy: bool, table: numpy.ndarray, steps: int = 6) -> numpy.ndarray:
    optimizer = Optimizer(name, 0.1, lazy)
    for step in range(steps):
        ids = BATCHES[step % 3]
        table = optimizer.step(table, scatter_add(ids, table[ids] / ids.size, V))
    return table


@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("name", ["sgd", "adam", "adagrad"])
def test_updates_are_those_of_numpy_on_one_context_and_on_several(
    name: str, sparse_grad: bool, contexts: Any
) -> None:
    """With BATCHES[1] of one row, two contexts also see a batch smaller than their number."""
    before, after = updated(name, sparse_grad, contexts)
    wanted = numpy_updated(name, sparse_grad, before.astype(numpy.float64))
    numpy.testing.assert_allclose(after, wanted, rtol=2e-5, atol=2e-6)
    assert abs(after - before)[8].max() == 0  # no batch has row 8
    assert abs(after - before)[[0, 1, 2, 3, 4, 5, 6, 7, 9, 10]].max(axis=1).min() > 1e-3


def test_sgd_and_adagrad_do_not_care_and_adam_is_lazy() -> None:
    results = {
        name: [updated(name, sparse_grad, [mx.cpu()])[1] for sparse_grad in (False, True)]
        for name in ("sgd", "adagrad", "adam")
    }
    for name in ("sgd", "adagrad"):
        numpy.testing.assert_allclose(results[name][0], results[name][1], rtol=1e-6, atol=1e-7)
    assert abs(results["adam"][0] - results["adam"][1]).max() > 1e-3


@pytest.mark.parametrize("saved, loaded", [(False, True), (True, False), (True, True)])
def test_parameters_travel_between_sparse_and_dense(
    saved: bool, loaded: bool, contexts: Any, tmp_path: Path
) -> None:
    path = str(tmp_path / "table.params")
    source = Sandwich(saved)
    source.initialize(mx.init.Normal(1.0), ctx=contexts)
    source.save_parameters(path)
    target = Sandwich(loaded)
    target.load_parameters(path, ctx=contexts)
    wanted = source.embed.weight.data(contexts[0]).asnumpy()
    for ctx in contexts:
        numpy.testing.assert_array_equal(target.embed.weight.data(ctx).asnumpy(), wanted)
    backward(target.embed, IDS, OUT_GRAD, contexts)  # the loaded table learns as a new one would
    gradient = sum(dense(target.embed.weight.grad(ctx)) for ctx in contexts)
    numpy.testing.assert_allclose(gradient, scatter_add(IDS, OUT_GRAD, V), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_reset_ctx_and_zero_grad_keep_the_kind_of_gradient(sparse_grad: bool) -> None:
    embed = make(sparse_grad, [mx.cpu(0)])
    table = embed.weight.data().asnumpy()
    embed.collect_params().reset_ctx([mx.cpu(0), mx.cpu(1)])
    backward(embed, IDS, OUT_GRAD, [mx.cpu(0), mx.cpu(1)])
    numpy.testing.assert_array_equal(embed.weight.data(mx.cpu(1)).asnumpy(), table)
    assert embed.weight.grad(mx.cpu(1)).stype == ("row_sparse" if sparse_grad else "default")
    assert abs(dense(embed.weight.grad(mx.cpu(1)))).max() > 0
    embed.collect_params().zero_grad()
    assert abs(dense(embed.weight.grad(mx.cpu(1)))).max() == 0


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("ids, error", [
    (np.array([1.5, 2.0]), TypeError),
    (np.array([1.0, float("nan")]), TypeError),
    (np.array([3, -1], dtype="int32"), ValueError),
    (np.array([3, V], dtype="int32"), ValueError),
    (numpy.array([0.5]), TypeError),
    ([True, False], TypeError),
])  # fmt: skip
def test_wrong_ids_are_named(ids: Any, error: type, hybridize: bool) -> None:
    embed = make(False, mx.cpu(), hybridize)
    with pytest.raises(error, match=rf"^ids takes .*\[0, {V}\); got"):
        embed(ids)


def test_ids_of_the_host_are_taken_too() -> None:
    embed = make(True, mx.cpu())
    table = embed.weight.data().asnumpy()
    numpy.testing.assert_array_equal(embed([V - 1, 0]).asnumpy(), table[[V - 1, 0]])
    numpy.testing.assert_array_equal(embed(IDS.astype(numpy.int64)).asnumpy(), table[IDS])
    numpy.testing.assert_array_equal(embed(np.array(IDS, dtype="int64")).asnumpy(), table[IDS])


@pytest.mark.parametrize("arguments, error, name", [
    ((0, 4), ValueError, "input_dim"), ((5, -1), ValueError, "output_dim"),
    ((2.0, 4), TypeError, "input_dim"), ((5, True), TypeError, "output_dim"),
])  # fmt: skip
def test_wrong_sizes_are_named(arguments: Any, error: type, name: str) -> None:
    with pytest.raises(error, match=f"^{name} takes an integer"):
        Embedding(*arguments)


class Doubled(gluon.HybridBlock):
    """A parent whose graph holds the lookup."""

    def __init__(self, sparse_grad: bool) -> None:
        super().__init__()
        self.embed = Embedding(V, D, sparse_grad)

    def hybrid_forward(self, F: Any, ids: Any) -> Any:
        return F.np.multiply(self.embed(ids), 2)


@pytest.mark.filterwarnings("ignore:Cannot decide type")  # MXNet's, of ids in a graph that it reads back
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("parent", [False, True])
def test_a_graph_with_the_lookup_is_exported(parent: bool, sparse_grad: bool, tmp_path: Path) -> None:
    net = Doubled(sparse_grad) if parent else Embedding(V, D, sparse_grad)
    net.initialize(mx.init.Normal(1.0))
    with pytest.raises(RuntimeError, match="hybridize"):
        net.export(str(tmp_path / "net"))
    net.hybridize()
    wanted = net(np.array(IDS)).asnumpy()
    net.export(str(tmp_path / "net"))
    graph = gluon.SymbolBlock.imports(
        str(tmp_path / "net-symbol.json"), ["data"], str(tmp_path / "net-0000.params")
    )
    numpy.testing.assert_array_equal(graph(np.array(IDS)).asnumpy(), wanted)


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_a_parents_compiled_graph_teaches_the_table(sparse_grad: bool) -> None:
    net = Doubled(sparse_grad)
    net.initialize(mx.init.Normal(1.0))
    net.hybridize()
    with autograd.record():
        rows = net(np.array(IDS))
    rows.backward(np.array(OUT_GRAD))
    gradient = net.embed.weight.grad()
    assert gradient.stype == ("row_sparse" if sparse_grad else "default")
    numpy.testing.assert_allclose(dense(gradient), 2 * scatter_add(IDS, OUT_GRAD, V), rtol=1e-6, atol=1e-6)


def test_repr_and_initializer() -> None:
    embed = Embedding(V, D, sparse_grad=True, weight_initializer=mx.init.Constant(2.5))
    embed.initialize()
    assert repr(embed) == "Embedding(11 -> 4, sparse_grad=True)"
    assert (embed.weight.data().asnumpy() == 2.5).all()
