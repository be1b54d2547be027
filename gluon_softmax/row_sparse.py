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

from .backend import autograd, mx, np, np_array
from .table import TableParameter
from .upload import upload

_ROWS_AN_ID = 32  # for each id of a batch: the copies and their way back take some 100 ns an id
_MOST_WAITING = 1000


class _Copied(NamedTuple):
    """The different rows of a look-up, in a table of their own with its gradient."""

    ids: numpy.ndarray  # (U,), rising
    rows: Any  # (U, d)
    gradient: Any  # (U, d)


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
        with autograd.pause():
            rows = np.take(self.data(ctx), upload(different, "int32", ctx), axis=0, mode="clip")  # (U, d)
        gradient = np.empty(rows.shape, dtype=rows.dtype, ctx=ctx)
        autograd.mark_variables([rows], [gradient], "write")
        self._copied.append(_Copied(different, rows, gradient))
        return np.take(rows, upload(places, "int32", ctx), axis=0, mode="clip")

    def _tell_apart(self, ids: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """``numpy.unique(ids, return_inverse=True)`` in half the time, by a note for each row."""
        if self._notes is None:
            self._notes = numpy.empty(self.shape[0], dtype=numpy.int32)
        order = numpy.arange(ids.size, dtype=numpy.int32)
        self._notes[ids.ravel()] = order  # of equal ids one stays
        different = ids.ravel()[self._notes[ids.ravel()] == order]
        different.sort()
        self._notes[different] = order[: different.size]
        return different, self._notes[ids]

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
            parts: list[tuple[numpy.ndarray, Any]] = [
                (copied.ids, copied.gradient) for copied in there if copied.rows.ctx == data.ctx
            ]
            if not parts:
                continue
            if data._fresh_grad and k not in self._put:  # MXNet looked rows up too, and wrote their gradient
                parts.append((gradient.indices.asnumpy(), gradient.data))
            _write(gradient, *(parts[0] if len(parts) == 1 else _summed(parts)))
            data._fresh_grad = True
            self._put.add(k)


def _summed(parts: list[tuple[numpy.ndarray, Any]]) -> tuple[numpy.ndarray, Any]:
    """Row-sparse gradients added up: (ids (U,), rows (U, d)) of each and of all of them."""
    ids, places = numpy.unique(numpy.concatenate([ids for ids, _ in parts]), return_inverse=True)
    rows = numpy.concatenate([rows.asnumpy() for _, rows in parts])
    total = numpy.zeros((ids.size, rows.shape[1]), dtype=rows.dtype)
    numpy.add.at(total, places, rows)
    return ids, upload(total, total.dtype, parts[0][1].ctx)


def _write(gradient: Any, ids: numpy.ndarray, rows: Any) -> None:
    """Make `rows` (U, d) at the rising `ids` all that the row-sparse `gradient` holds."""
    with np_array(False), autograd.pause():  # it may be the next step's forward that asks
        handle = mx.nd.sparse._new_alloc_handle(
            "row_sparse", gradient.shape, rows.ctx, False, rows.dtype, [numpy.int64], [ids.shape]
        )
        written = mx.nd.sparse.RowSparseNDArray(handle)
        for array, part in ((upload(ids, "int64", rows.ctx), 0), (rows, -1)):  # the ids while rows are made
            mx.base.check_call(
                mx.base._LIB.MXNDArraySyncCopyFromNDArray(handle, array.handle, ctypes.c_int(part))
            )
        written.copyto(gradient)
