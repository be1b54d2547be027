"""``nn.Embedding(sparse_grad=True)`` fails under ``npx.set_np()``; here is a row-sparse gradient that works.

MXNet raises ``mxnet.numpy.zeros does not support stype = row_sparse`` at ``initialize()`` as soon as NumPy
arrays are on (mxnet#20391). Only the *gradient* buffer is at fault, so `RowSparseParameter` allocates that
buffer with legacy arrays and leaves everything else alone: initial values, seeds, ``save_parameters`` and
several contexts are those of the dense parameter.

MXNet's own backward of a row-sparse lookup clears and reads a flag for every row of the table, 3 ns each.
Where the table is much longer than the batch, `RowSparseParameter.rows` avoids it. The life of a gradient:

1. A lookup copies the batch's unique rows into a small table with a dense gradient of its own: it is pending.
2. A backward fills the gradient of the small table.
3. A Trainer, or ``grad()``, asks for the parameter's gradients.
4. The filled gradients, summed where there are several, are installed as the row-sparse gradient.
5. The Trainer updates these rows of the table.
6. The next lookup installs what nobody asked for, and the cycle begins again.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy

from ..utils.types import Array, Context
from .arrays import as_device_array
from .bootstrap import autograd, mx, np, np_array
from .table import TableParameter

if TYPE_CHECKING:
    from mxnet.ndarray.sparse import RowSparseNDArray
    from numpy.typing import DTypeLike

_ROWS_PER_ID = 32  # copying rows and their gradients takes some 100 ns per id, MXNet's backward 3 ns per row
_MAX_PENDING = 1000


class _RowGradient(NamedTuple):
    """The gradient of some rows of a table, dense and row-sparse."""

    ids: Array  # (U,), ascending, on the device
    values: Array  # (U, d), the memory of
    row_sparse: RowSparseNDArray  # (V, d)


class _CopiedRows(NamedTuple):
    """The unique rows of a lookup, a variable of their own."""

    rows: Array  # (U, d)
    gradient: _RowGradient  # filled by a backward


class RowSparseParameter(TableParameter):
    """A dense weight (V, d) whose gradient holds only the rows that the batch looked up.

    With sgd, adam and adagrad the Trainer then updates those rows alone. For sgd that equals the dense
    update. Adam becomes *lazy*: a row that is absent from a batch takes no step, while dense Adam still moves
    it by its momentum.

    Parameters
    ----------
    name : as of ``gluon.Parameter``.
    kwargs : as of ``gluon.Parameter``, without `grad_stype`.
    """

    _pending: list[_CopiedRows]  # lookups whose gradient is not installed
    _is_worth_copying: bool | None  # None before the first lookup
    _scratch: numpy.ndarray | None  # (V,) for `_unique`
    _installed: set[int]  # indices of the contexts whose gradient was installed and not used by a Trainer yet

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, grad_stype="row_sparse", **kwargs)
        self._reset()

    def rows(self, ids: numpy.ndarray, ctx: Context) -> Array | None:
        """Copies of the rows at `ids`: (...) on the host → (..., d) on `ctx`; None if copying does not pay.

        It pays while autograd records, on a CPU, if the table has `_ROWS_PER_ID` times as many rows as the
        first batch has ids.

        Raises RuntimeError where `_MAX_PENDING` such lookups wait for their backward: the memory that they
        keep is not freed before it.
        """
        if not autograd.is_recording() or ctx.device_type != "cpu" or self.grad_req != "write":
            return None
        if self._is_worth_copying is None and ids.size:
            self._is_worth_copying = self.shape[0] > _ROWS_PER_ID * ids.size
            # a gradient of MXNet's own lookup, of a backward before this one: to be replaced, not added to
            self._installed = {k for k, data in enumerate(self._data) if data._fresh_grad}
        if not (self._is_worth_copying and ids.size):
            return None
        self._install_gradients()
        self._installed = {k for k in self._installed if self._data[k]._fresh_grad}
        if len(self._pending) == _MAX_PENDING:
            raise RuntimeError(
                f"backward takes the losses that autograd records; got none for {_MAX_PENDING} lookups in "
                f"{self.name} (compute a loss that needs no gradient outside autograd.record())"
            )
        unique_ids, positions = self._unique(ids)  # (U,), (...)
        ids_on_device = as_device_array(unique_ids, "int32", ctx)
        with autograd.pause():
            rows = np.take(self.data(ctx), ids_on_device, axis=0, mode="clip")  # (U, d)
        # allocated while the engine copies the rows
        row_sparse, values = _row_sparse(unique_ids, self.shape, rows.dtype, ctx)
        autograd.mark_variables([rows], [values], "write")
        self._pending.append(_CopiedRows(rows, _RowGradient(ids_on_device, values, row_sparse)))
        return np.take(rows, as_device_array(positions, "int32", ctx), axis=0, mode="clip")

    @property
    def copies_rows(self) -> bool:
        """Whether `rows` copies; False before the first batch has decided it."""
        return bool(self._is_worth_copying)

    def _unique(self, ids: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """``numpy.unique(ids, return_inverse=True)`` in a quarter of the time, with an integer per row."""
        if self._scratch is None:
            self._scratch = numpy.empty(self.shape[0], dtype=numpy.int32)
        flat = ids.ravel().astype(numpy.int32)  # NumPy sorts these up to ten times as fast as int64
        order = numpy.arange(ids.size, dtype=numpy.int32)
        self._scratch[flat] = order  # of equal ids the last write remains
        unique_ids = flat[self._scratch[flat] == order]
        unique_ids.sort()
        self._scratch[unique_ids] = order[: unique_ids.size]
        return unique_ids, self._scratch[flat].reshape(ids.shape)

    def zero_grad(self) -> None:
        """Set the gradients of all contexts to zero, those that are not installed yet included."""
        self._install_gradients()
        super().zero_grad()

    def _init_grad(self) -> None:
        self._reset()
        with np_array(False):
            super()._init_grad()

    def _reset(self) -> None:
        self._pending, self._is_worth_copying, self._installed = [], None, set()
        self._scratch = None

    def _check_and_get(self, arr_list: list[Array] | None, ctx: Context | type | None) -> Array | list[Array]:
        """The Trainer asks here for the weights and gradients of all contexts, `grad` for one gradient."""
        if ctx is list or arr_list is self._grad:
            self._install_gradients()
        return super()._check_and_get(arr_list, ctx)

    def _install_gradients(self) -> None:
        """Make the filled gradients of the small tables this parameter's, and wait for their backward."""
        filled = [copied for copied in self._pending if copied.rows._fresh_grad]
        if not filled:
            return
        self._pending = [copied for copied in self._pending if not copied.rows._fresh_grad]
        for k, (data, gradient) in enumerate(zip(self._data, self._grad or [])):  # none once it is frozen
            parts = [copied.gradient for copied in filled if copied.rows.ctx == data.ctx]
            if not parts:
                continue
            if data._fresh_grad and k not in self._installed:  # MXNet's own lookup wrote a gradient too
                parts.append(_RowGradient(gradient.indices, gradient.data, gradient))
            total = parts[0] if len(parts) == 1 else _sum_of(parts, self.shape)
            total.values.wait_to_read()
            with np_array(False), autograd.pause():  # the next step's forward, recorded, may be what asks
                total.row_sparse.copyto(gradient)
                _prefetch(data, total.ids)
            data._fresh_grad = True
            self._installed.add(k)


def _sum_of(parts: list[_RowGradient], shape: tuple[int, ...]) -> _RowGradient:
    """The sum of row-sparse gradients of a table of `shape` (V, d), on the context of the first."""
    ctx = parts[0].ids.ctx
    ids, positions = numpy.unique(
        numpy.concatenate([part.ids.asnumpy() for part in parts]), return_inverse=True
    )
    values = numpy.concatenate([part.values.asnumpy() for part in parts])
    row_sparse, total = _row_sparse(ids, shape, values.dtype, ctx)
    summed = numpy.zeros(total.shape, dtype=values.dtype)
    numpy.add.at(summed, positions, values)
    total[:] = as_device_array(summed, values.dtype, total.ctx)
    return _RowGradient(as_device_array(ids, "int32", total.ctx), total, row_sparse)


def _row_sparse(
    ids: numpy.ndarray, shape: tuple[int, ...], dtype: DTypeLike, ctx: Context
) -> tuple[RowSparseNDArray, Array]:
    """A row-sparse array with rows at the ascending `ids`, and a dense array (U, d) in their memory.

    The rows are not initialized. MXNet's engine does not see that an operator that writes to the dense array
    changes the row-sparse one.
    """
    with np_array(False), autograd.pause():
        handle = mx.nd.sparse._new_alloc_handle(
            "row_sparse", shape, ctx, False, dtype, [numpy.int64], [ids.shape]
        )
        array = mx.nd.sparse.RowSparseNDArray(handle)
        on_device = as_device_array(ids, "int64", ctx)
        mx.base.check_call(
            mx.base._LIB.MXNDArraySyncCopyFromNDArray(handle, on_device.handle, ctypes.c_int(0))
        )
        return array, mx.nd.from_dlpack(mx.nd.to_dlpack_for_write(array)).as_np_ndarray()


def _prefetch(data: Array, ids: Array) -> None:
    """Read rows of the table just before a Trainer updates them.

    An update waits for one row after the other and a lookup for many at once, so an update that finds its
    rows in the processor's cache takes half the time.
    """
    mx.nd.take(data.as_nd_ndarray(), ids.as_nd_ndarray(), axis=0, mode="clip")
