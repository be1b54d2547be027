"""A batch is split along its batch axis, and contexts without a shard have gradients of zero."""

from __future__ import annotations

from collections import namedtuple

import numpy
import pytest
from oracles.small_training import X

from gluon_softmax import Embedding
from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.training.data_parallel import to_device, zero_gradients
from gluon_softmax.training.trainer import make_trainer


def test_to_device_splits_along_the_batch_axis() -> None:
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


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_a_context_without_a_shard_has_gradients_of_zero(sparse_grad: bool) -> None:
    contexts = [mx.cpu(0), mx.cpu(1)]
    net = Embedding(5, 3, sparse_grad)
    net.initialize(ctx=contexts)
    ids = numpy.array([1, 3], dtype=numpy.int32)
    with autograd.record():
        losses = [net(shard).sum() for (shard,) in to_device((ids,), contexts)]
    autograd.backward(losses)
    zero_gradients(net, [])
    assert all(abs(gradient.asnumpy()).max() == 1 for gradient in net.weight.list_grad())
    zero_gradients(net, contexts[1:])
    gradients = [gradient.asnumpy() for gradient in net.weight.list_grad()]
    assert gradients[0].sum() == 3 and (gradients[0][1] == 1).all() and not gradients[1].any()
    before = net.weight.data(contexts[1]).asnumpy()
    make_trainer(net, "sgd", 1.0, contexts).step(1)  # no stale gradient: every context makes the same step
    for ctx in contexts:
        after = net.weight.data(ctx).asnumpy()
        numpy.testing.assert_allclose(after[1], before[1] - 1, rtol=1e-6)
        numpy.testing.assert_array_equal(after[[0, 2, 3, 4]], before[[0, 2, 3, 4]])
