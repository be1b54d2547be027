"""What the steps in place share: a gradient buffer that is the table itself."""

from __future__ import annotations

import numpy
import pytest

from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.fused.sgd import aliased_gradient
from gluon_softmax.utils.types import Context


@pytest.mark.parametrize("ctx", [mx.cpu(0), mx.cpu(1)], ids=str)
@pytest.mark.parametrize("shape", [(6, 3), (6, 1, 3)])
def test_the_backward_of_a_lookup_adds_to_the_rows_of_the_table(ctx: Context, shape: tuple[int, ...]) -> None:
    rng = numpy.random.default_rng(0)
    before = rng.normal(size=(6, 3)).astype(numpy.float32)
    table = np.array(before, ctx=ctx)
    ids = numpy.array([4, 1, 4, 0, 4], dtype=numpy.int32)  # one row three times
    changes = rng.normal(size=(5, *shape[1:])).astype(numpy.float32)
    variable = aliased_gradient(table, shape)
    for _ in range(2):  # a second step adds to what the first left
        with autograd.record():
            rows = np.take(variable, np.array(ids, dtype="int32", ctx=ctx), axis=0, mode="clip")
        numpy.testing.assert_array_equal(rows.asnumpy().reshape(5, 3), table.asnumpy()[ids])
        autograd.backward([rows], [np.array(changes, ctx=ctx)])
    expected = before.astype(float)
    for _ in range(2):
        numpy.add.at(expected, ids, changes.reshape(5, 3))
    numpy.testing.assert_allclose(table.asnumpy(), expected, rtol=1e-6)
    numpy.testing.assert_array_equal(table.asnumpy()[[2, 3, 5]], before[[2, 3, 5]])
