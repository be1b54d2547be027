"""A parameter whose gradient holds the rows of the batch alone, under ``npx.set_np()`` and at their cost.

``nn.Embedding(sparse_grad=True)`` raises ``mxnet.numpy.zeros does not support stype = row_sparse`` at
``initialize()`` as soon as NumPy arrays are on (mxnet#20391). Only the *gradient* buffer is at fault, so
`RowSparseParameter` makes that one buffer with legacy arrays and leaves everything else alone: initial
values, seeds, ``save_parameters`` and several contexts are those of the dense parameter.

MXNet's backward of such a look-up clears and reads a flag for every row of the table, 3 ns each. Where a
table is much longer than the batch, `RowSparseParameter.rows` first copies the batch's different rows into a
small table, a variable of its own with a dense gradient, which becomes the row-sparse one when a Trainer
asks.
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy

from .arrays import as_device_array
from .bootstrap import autograd, mx, np, np_array
from .table import TableParameter

_ROWS_AN_ID = 32  # for each id of a batch: the copies and their way back take some 100 ns an id
_MOST_WAITING = 1000


class _Copied(NamedTuple):
    """The different rows of a look-up, in a table of their own with its gradient."""

    ids: Any  # (U,), rising, on the device
    rows: Any  # (U, d)
    gradient: Any  # (U, d), the memory of
    row_sparse: Any  # (V, d)


class RowSparseParameter(TableParameter):
    """A dense weight (V, d) whose gradient holds only the rows that the batch looked up.

    With sgd, adam and adagrad the Trainer then updates those rows alone. For sgd that equals the dense
    update. Adam becomes *lazy*: a row that is absent from a batch takes no step, while dense Adam still moves
    it by its momentum.
    """

    _copied: list[_Copied]  # those whose gradient is not in its place
    _worth_it: bool | None  # not known before the first look-up
    _notes: numpy.ndarray | None  # (V,) for `_tell_apart`
    _put: set[int]  # contexts whose gradient was put there and not used by a Trainer yet

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, grad_stype="row_sparse", **kwargs)
        self._forget()

    def rows(self, ids: numpy.ndarray, ctx: Any) -> Any | None:
        """The rows at `ids` (...) of the host, (..., d), if copying them is worth it, else None.

        It is while autograd records, on a CPU, where the first batch is short beside the table. Raises
        RuntimeError where a thousand such look-ups wait for their backward: what they keep stays until then.
        """
        if not autograd.is_recording() or ctx.device_type != "cpu" or self.grad_req != "write":
            return None
        if self._worth_it is None and ids.size:
            self._worth_it = self.shape[0] > _ROWS_AN_ID * ids.size
        if not (self._worth_it and ids.size):
            return None
        self._put_in_place()
        self._put = {k for k in self._put if self._data[k]._fresh_grad}
        if len(self._copied) == _MOST_WAITING:
            raise RuntimeError(
                f"backward takes the losses that autograd records; got none for {_MOST_WAITING} look-ups in "
                f"{self.name} (for a loss that is only looked at, leave out autograd.record())"
            )
        different, places = self._tell_apart(ids)
        ids_there = as_device_array(different, "int32", ctx)
        with autograd.pause():
            rows = np.take(self.data(ctx), ids_there, axis=0, mode="clip")  # (U, d)
        row_sparse, gradient = _row_sparse(different, self.shape, rows.dtype, ctx)  # while rows are copied
        autograd.mark_variables([rows], [gradient], "write")
        self._copied.append(_Copied(ids_there, rows, gradient, row_sparse))
        return np.take(rows, as_device_array(places, "int32", ctx), axis=0, mode="clip")

    def _tell_apart(self, ids: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """``numpy.unique(ids, return_inverse=True)`` in a quarter of the time, by a note for each row."""
        if self._notes is None:
            self._notes = numpy.empty(self.shape[0], dtype=numpy.int32)
        flat = ids.ravel().astype(numpy.int32)  # NumPy sorts these up to ten times as fast as int64
        order = numpy.arange(ids.size, dtype=numpy.int32)
        self._notes[flat] = order  # of equal ids one stays
        different = flat[self._notes[flat] == order]
        different.sort()
        self._notes[different] = order[: different.size]
        return different, self._notes[flat].reshape(ids.shape)

    def zero_grad(self) -> None:
        self._put_in_place()
        super().zero_grad()

    def _init_grad(self) -> None:
        self._forget()
        with np_array(False):
            super()._init_grad()

    def _forget(self) -> None:
        self._copied, self._worth_it, self._put = [], None, set()
        self._notes = None

    def _check_and_get(self, arr_list: Any, ctx: Any) -> Any:
        """The Trainer asks here for the weights and gradients of all contexts, `grad` for one of them."""
        if ctx is list or arr_list is self._grad:
            self._put_in_place()
        return super()._check_and_get(arr_list, ctx)

    def _put_in_place(self) -> None:
        """What a backward left in the small tables becomes this parameter's gradient, as if it had come here.

        Waits for it.
        """
        there = [copied for copied in self._copied if copied.rows._fresh_grad]
        if not there:
            return
        self._copied = [copied for copied in self._copied if not copied.rows._fresh_grad]
        for k, (data, gradient) in enumerate(zip(self._data, self._grad or [])):  # none once it is frozen
            parts = [copied for copied in there if copied.rows.ctx == data.ctx]
            if not parts:
                continue
            if data._fresh_grad and k not in self._put:  # MXNet looked rows up too, and wrote their gradient
                parts.append(_Copied(gradient.indices, None, gradient.data, None))
            (put,) = parts if len(parts) == 1 else (_summed(parts, self.shape),)
            put.gradient.wait_to_read()
            with np_array(False), autograd.pause():  # it may be the next step's forward that asks
                put.row_sparse.copyto(gradient)
                _bring_near(data, put.ids)
            data._fresh_grad = True
            self._put.add(k)


def _summed(parts: list[_Copied], shape: tuple[int, ...]) -> _Copied:
    """Row-sparse gradients added up."""
    ids, places = numpy.unique(numpy.concatenate([part.ids.asnumpy() for part in parts]), return_inverse=True)
    rows = numpy.concatenate([part.gradient.asnumpy() for part in parts])
    row_sparse, total = _row_sparse(ids, shape, rows.dtype, parts[0].rows.ctx)
    added = numpy.zeros(total.shape, dtype=rows.dtype)
    numpy.add.at(added, places, rows)
    total[:] = as_device_array(added, rows.dtype, total.ctx)
    return _Copied(as_device_array(ids, "int32", total.ctx), None, total, row_sparse)


def _row_sparse(ids: numpy.ndarray, shape: tuple[int, ...], dtype: Any, ctx: Any) -> tuple[Any, Any]:
    """A row-sparse array with room for rows at the rising `ids`, and these rows (U, d), yet to be written: a
    dense array in the same memory. The row-sparse one does not know of operators that write to them.
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


def _bring_near(data: Any, ids: Any) -> None:
    """Read rows of the table just before a Trainer moves them: an update that finds them in the processor's
    cache takes half the time, since it waits for one row after the other and a look-up for many at once.
    """
    mx.nd.take(data.as_nd_ndarray(), ids.as_nd_ndarray(), axis=0, mode="clip")
