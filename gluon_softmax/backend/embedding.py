"""A table of rows looked up by id, whose gradient can be row-sparse under ``npx.set_np()``, where MXNet's own
block fails; see `row_sparse`.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..utils.checks import check_ids, check_positive_int
from .arrays import as_ids
from .block import Block
from .bootstrap import gluon, mx
from .row_sparse import RowSparseParameter
from .table import TableParameter


def table_parameter(
    block: gluon.HybridBlock, name: str, shape: tuple[int, int], init: Any = None, sparse_grad: bool = False
) -> gluon.Parameter:
    """The parameter `name` of `block` as a table of rows, registered as ``block.params.get`` would; assign it
    to ``self.<name>``.

    Row-sparse gradients cannot be accumulated (``grad_req="add"`` raises in MXNet) and suit sgd, adam and
    adagrad.
    """
    kind = RowSparseParameter if sparse_grad else TableParameter
    full_name = block.params.prefix + name
    if block.params._get_impl(full_name) is None:  # a shared ParameterDict may hold it already
        block.params.update({full_name: kind(full_name, shape=shape, init=init, allow_deferred_init=True)})
    return block.params.get(name) if sparse_grad else block.params.get(name, shape=shape, init=init)


def look_up(
    F: Any, ids: Any, table: Any, shape: tuple[int, ...], sparse_grad: bool, dtype: Any = "float32"
) -> Any:
    """Rows of `table` at `ids`: (...) -> (..., d); `F` is ``mx.nd`` or ``mx.sym``."""
    return F.npx.embedding(
        ids, table, input_dim=shape[0], output_dim=shape[1], dtype=dtype, sparse_grad=sparse_grad
    )


def copied_rows(table: gluon.Parameter, ids: numpy.ndarray, ctx: Any) -> Any | None:
    """`RowSparseParameter.rows`, None for every other table: the rows are then to be looked up in itself."""
    return table.rows(ids, ctx) if isinstance(table, RowSparseParameter) else None


def rows_of(table: gluon.Parameter, ids: numpy.ndarray, ctx: Any) -> Any:
    """Rows of `table` at `ids` (...) of the host, by the cheaper way to its gradient: (..., d) on `ctx`."""
    rows = copied_rows(table, ids, ctx)
    if rows is not None:
        return rows
    sparse_grad = table._grad_stype == "row_sparse"
    return look_up(mx.nd, as_ids(ids, ctx), table.data(ctx), table.shape, sparse_grad, table.dtype)


class Embedding(Block):
    """Rows of a table by id: ``embed(ids)``, ids (...) integer in [0, input_dim) → (..., output_dim) float32.

    Parameters
    ----------
    input_dim : number of rows, the vocabulary's size.
    output_dim : width of a row.
    sparse_grad : the gradient holds only the rows of the batch; see `RowSparseParameter`.
    weight_initializer : an MXNet initializer; the one given to ``initialize()`` if None.
    weight : another block's parameter to look up in, for weight tying; it decides about `sparse_grad`.

    Raises TypeError for float ids and ValueError for ids out of range, which MXNet would clip in silence.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        sparse_grad: bool = False,
        weight_initializer: Any = None,
        weight: gluon.Parameter | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._shape = (
            check_positive_int("input_dim", input_dim),
            check_positive_int("output_dim", output_dim),
        )
        self._sparse_grad = bool(sparse_grad)
        if weight is None:
            weight = table_parameter(self, "weight", self._shape, weight_initializer, self._sparse_grad)
        elif tuple(weight.shape) != self._shape:
            raise ValueError(f"weight takes a parameter of shape {self._shape}; got {tuple(weight.shape)}")
        else:
            self._sparse_grad = weight._grad_stype == "row_sparse"
            self.params.update({weight.name: weight})  # else hybridize() does not know it
        self.weight = weight

    def forward(self, ids: Any) -> Any:
        if not isinstance(ids, mx.sym.Symbol):
            host_ids = check_ids("ids", ids, self._shape[0])
            ids = as_ids(ids)
            rows = copied_rows(self.weight, host_ids, ids.ctx)
            if rows is not None:
                return rows
        return super().forward(ids)

    def hybrid_forward(self, F: Any, ids: Any, weight: Any) -> Any:
        return look_up(F, ids, weight, self._shape, self._sparse_grad, self.weight.dtype)

    def __repr__(self) -> str:
        return f"Embedding({self._shape[0]} -> {self._shape[1]}, sparse_grad={self._sparse_grad})"
