"""Host arrays with the one method that the book's loops call."""

from __future__ import annotations

import numpy
import pytest

from gluon_softmax.backend import mx, np
from gluon_softmax.data.host_array import HostArray, as_host_arrays
from gluon_softmax.data.skip_gram_batches import PairBatch


@pytest.mark.parametrize("ctx", [mx.cpu(0), mx.cpu(1)], ids=str)
@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_an_array_goes_to_a_device_as_it_is(ctx: mx.Context, dtype: str) -> None:
    values = numpy.arange(6, dtype=dtype).reshape(2, 3)
    for found in (values.view(HostArray).as_in_ctx(ctx), values.view(HostArray).as_in_context(ctx)):
        assert isinstance(found, np.ndarray) and found.ctx == ctx and found.dtype == values.dtype
        numpy.testing.assert_array_equal(found.asnumpy(), values)


def test_a_batch_keeps_its_fields_and_its_memory() -> None:
    batch = PairBatch(numpy.arange(3), numpy.arange(3, 6))
    found = as_host_arrays(batch)
    assert type(found) is PairBatch and isinstance(found.center, HostArray)
    assert numpy.shares_memory(found.context, batch.context)
