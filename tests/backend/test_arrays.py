"""Host arrays arrive as they are, whatever the engine is doing, and stay apart from the host's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy
import pytest

from gluon_softmax.backend import mx, np
from gluon_softmax.backend.arrays import as_device_array, reshaped_view
from gluon_softmax.utils.types import Context

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

ARRAYS = [
    numpy.arange(12).reshape(3, 4),
    numpy.arange(12).reshape(3, 4).T,
    numpy.arange(20, dtype=numpy.int32)[::3],
    numpy.zeros((0, 3)),
    numpy.array(7),
    [[1, 2], [3, 4]],
]


@pytest.mark.parametrize("dtype", ["int32", "float32", "float16", "int64"])
@pytest.mark.parametrize("array", ARRAYS)
def test_values_shape_dtype_and_place(array: ArrayLike, dtype: str, contexts: list[Context]) -> None:
    for ctx in contexts:
        on_device = as_device_array(array, dtype, ctx)
        assert isinstance(on_device, np.ndarray) and on_device.ctx == ctx and on_device.dtype == dtype
        assert on_device.shape == numpy.shape(array)
        numpy.testing.assert_array_equal(on_device.asnumpy(), numpy.asarray(array, dtype=dtype))


def test_a_copy() -> None:
    host = numpy.arange(5, dtype=numpy.int32)
    on_device = as_device_array(host, "int32")
    host[:] = 0
    assert on_device.tolist() == [0, 1, 2, 3, 4]
    on_device[0] = 9
    mx.nd.waitall()
    assert host.tolist() == [0] * 5


def test_under_a_busy_engine() -> None:
    """Memory that the engine has freed and lends again is not written by what it still does."""
    busy = np.ones((400, 400))
    for i in range(50):
        busy = np.dot(busy, busy) * 1e-3
        ids = as_device_array(numpy.full(160_000, i), "int32")
        assert (ids.asnumpy() == i).all()


@pytest.mark.parametrize("ctx", [mx.cpu(0), mx.cpu(1)], ids=str)
def test_another_shape_is_the_same_memory(ctx: Context) -> None:
    array = np.arange(6, ctx=ctx)
    view = reshaped_view(array, (1, 3, -1))
    assert view.shape == (1, 3, 2) and view.ctx == ctx and isinstance(view, np.ndarray)
    view[0, 1, 0] = 9
    assert array.tolist() == [0, 1, 9, 3, 4, 5]
