"""A table drawn block by block beside MXNet's own parameter: the same values, and the same after it."""

from __future__ import annotations

import numpy
import pytest

from gluon_softmax.backend import autograd, gluon, init, mx, np, table
from gluon_softmax.backend.table import TableParameter
from gluon_softmax.utils.types import Context, InitializerLike

INITIALIZERS = [init.Uniform(0.1), init.Normal(2.0), "uniform", init.Xavier(), init.Constant(3.0)]


def drawn(
    kind: type[gluon.Parameter], shape: tuple[int, int], initializer: InitializerLike, contexts: list[Context]
) -> list[numpy.ndarray]:
    """The values on each context, and those of a parameter that is drawn next."""
    mx.random.seed(3)
    first, second = kind("first_weight", shape=shape), gluon.Parameter("second_weight", shape=(4, 3))
    first.initialize(initializer, ctx=contexts)
    second.initialize(init.Uniform())
    return [data.asnumpy() for data in [*first.list_data(), second.data()]]


@pytest.mark.parametrize("initializer", INITIALIZERS, ids=str)
@pytest.mark.parametrize("shape", [(37, 5), (64, 4), (7, 100)])
def test_values_are_mxnets(
    initializer: InitializerLike,
    shape: tuple[int, int],
    contexts: list[Context],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "_VALUES_PER_BLOCK", 30)  # so that these small tables take many blocks
    wanted = drawn(gluon.Parameter, shape, initializer, contexts)
    for ours, theirs in zip(drawn(TableParameter, shape, initializer, contexts), wanted):
        numpy.testing.assert_array_equal(ours, theirs)


def test_a_table_of_huge_pages_has_mxnets_values_and_learns() -> None:
    shape = (70_001, 37)  # 10 MB in three blocks
    [ours, *_], [theirs, *_] = (
        drawn(kind, shape, init.Uniform(), [mx.cpu()]) for kind in (TableParameter, gluon.Parameter)
    )
    numpy.testing.assert_array_equal(ours, theirs)
    parameter = TableParameter("weight", shape=shape)
    parameter.initialize(init.Uniform())
    before = parameter.data().asnumpy()
    trainer = gluon.Trainer([parameter], "sgd", {"learning_rate": 0.5}, kvstore=None)
    with autograd.record():
        loss = (parameter.data() * np.arange(37)).sum()
    loss.backward()
    trainer.step(1)
    wanted = before - 0.5 * numpy.arange(37, dtype=numpy.float32)
    numpy.testing.assert_allclose(parameter.data().asnumpy(), wanted, rtol=1e-6)


def test_contexts_do_not_share_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_VALUES_PER_BLOCK", 6)
    parameter = TableParameter("weight", shape=(9, 2))
    parameter.initialize(init.Uniform(), ctx=[mx.cpu(0), mx.cpu(1)])
    before = parameter.data(mx.cpu(1)).asnumpy()
    parameter.data(mx.cpu(0))[:] = 7
    numpy.testing.assert_array_equal(parameter.data(mx.cpu(1)).asnumpy(), before)
    assert abs(before).max() < 1
