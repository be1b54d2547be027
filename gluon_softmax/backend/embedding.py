"""A table of rows looked up by id, whose gradient can be row-sparse under ``npx.set_np()``.

MXNet's own ``nn.Embedding(sparse_grad=True)`` fails there; see `row_sparse`.
"""

from __future__ import annotations

from typing import Any, Iterable, Sequence

import numpy

from ..utils.checks import check_bool, check_ids, check_positive_int
from ..utils.object_checks import check_kind
from ..utils.types import Array, Context, Ids, InitializerLike, Namespace
from .arrays import as_ids
from .block import Block
from .bootstrap import autograd, gluon, mx, np
from .lazy_note import give_lazy_note_unheard
from .row_sparse import RowSparseParameter
from .table import TableParameter, check_initializer


def table_parameter(
    block: gluon.HybridBlock,
    name: str,
    shape: tuple[int, int],
    init: InitializerLike = None,
    sparse_grad: bool = False,
) -> gluon.Parameter:
    """The parameter `name` of `block` as a table of rows; assign it to ``self.<name>``.

    It is registered as ``block.params.get`` would do it. Row-sparse gradients suit sgd, adam and adagrad, and
    cannot be accumulated: MXNet raises for ``grad_req="add"``. Raises the errors of `check_initializer`.
    """
    if sparse_grad:
        give_lazy_note_unheard()
    check_initializer("bias_initializer" if name.endswith("bias") else "weight_initializer", init)
    kind = RowSparseParameter if sparse_grad else TableParameter
    full_name = block.params.prefix + name
    if block.params._get_impl(full_name) is None:  # a shared ParameterDict may hold it already
        block.params.update({full_name: kind(full_name, shape=shape, init=init, allow_deferred_init=True)})
    return block.params.get(name) if sparse_grad else block.params.get(name, shape=shape, init=init)


def rows_of(table: gluon.Parameter, ids: numpy.ndarray, ctx: Context) -> Array:
    """Rows of `table` at `ids` (...) of the host, by the cheaper way to its gradient: (..., d) on `ctx`.

    That is a copy of the different rows where `RowSparseParameter.rows` finds it worthwhile, and MXNet's
    lookup in the table itself everywhere else. Ids are not checked here.
    """
    rows = table.rows(ids, ctx) if isinstance(table, RowSparseParameter) else None
    return _look_up(mx.nd, as_ids(ids, ctx), table.data(ctx), table) if rows is None else rows


def differentiable(
    arrays: Sequence[Array], parameters: Iterable[gluon.Parameter], ctx: Context
) -> list[Array]:
    """`arrays` whose recorded use gives each parameter a gradient of its own kind.

    An operator writes a dense gradient and fails where a row-sparse one is to be written. So where autograd
    records, an array that is the data of a table with a row-sparse gradient becomes a lookup of all its rows.
    """
    inputs = list(arrays)
    if autograd.is_recording():
        for table in parameters:
            if table._grad_stype == "row_sparse" and table.grad_req != "null":
                weight = table.data(ctx)
                inputs = [_all_rows(table, ctx) if x is weight else x for x in inputs]
    return inputs


def _all_rows(table: gluon.Parameter, ctx: Context) -> Array:
    """A lookup of every row of `table`: (V, d) on `ctx`, by the way that its batches are looked up."""
    ids = numpy.arange(table.shape[0])
    if isinstance(table, RowSparseParameter) and not table.copies_rows:
        return _look_up(mx.nd, as_ids(ids, ctx), table.data(ctx), table)  # does not decide for the batches
    return rows_of(table, ids, ctx)


def _look_up(F: Namespace, ids: Array, weight: Array, table: gluon.Parameter) -> Array:
    """Rows of `weight`, the data of `table` or its symbol, at `ids`: (...) -> (..., d)."""
    return F.npx.embedding(
        ids,
        weight,
        input_dim=table.shape[0],
        output_dim=table.shape[1],
        dtype=table.dtype,
        sparse_grad=table._grad_stype == "row_sparse",
    )


class Embedding(Block):
    """Rows of a table by id: ``embed(ids)``, integers (...) in [0, input_dim) -> float32 (..., output_dim).

    Parameters
    ----------
    input_dim : number of rows, the vocabulary's size.
    output_dim : width of a row.
    sparse_grad : the gradient holds only the rows of the batch; see `RowSparseParameter`.
    weight_initializer : an MXNet initializer; the one given to ``initialize()`` if None.
    weight : another block's parameter to look up in, for weight tying; it decides about `sparse_grad`.

    Ids are checked on the host and one operator looks them up, so ``hybridize()`` compiles nothing here; in a
    graph that a parent traces the lookup is an operator like any other. Raises TypeError for ids that
    `check_ids` refuses, such as 0.5, and ValueError for ids out of range, which MXNet would silently clip.
    """

    traceable = True

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        weight: gluon.Parameter | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._shape = (
            check_positive_int("input_dim", input_dim),
            check_positive_int("output_dim", output_dim),
        )
        self._sparse_grad = check_bool("sparse_grad", sparse_grad)
        if weight is None:
            weight = table_parameter(self, "weight", self._shape, weight_initializer, self._sparse_grad)
        elif tuple(check_kind("weight", weight, gluon.Parameter, "a Gluon parameter").shape) != self._shape:
            raise ValueError(f"weight takes a parameter of shape {self._shape}; got {tuple(weight.shape)}")
        else:
            self._sparse_grad = weight._grad_stype == "row_sparse"
            self.params.update({weight.name: weight})  # else hybridize() does not know it
        self.weight = weight

    def forward(self, ids: Ids) -> Array:
        """The rows at `ids` (...): (..., output_dim), on the ids' context (the current one for host ids)."""
        if isinstance(ids, mx.sym.Symbol):
            rows: Array = super().forward(ids)
            return rows
        host_ids = check_ids("ids", ids, self._shape[0])
        ctx = ids.ctx if isinstance(ids, mx.nd.NDArray) else mx.current_context()
        return rows_of(self.weight, host_ids, ctx)

    def hybrid_forward(self, F: Namespace, ids: Array, weight: Array) -> Array:
        """The lookup as an operator of a graph, where ids are no longer checked."""
        return _look_up(F, ids, weight, self.weight)

    def export(self, path: str, epoch: int = 0, remove_amp_cast: bool = True) -> Any:
        """Gluon's ``export`` of a hybridized block; `forward` leaves no graph behind, so it is traced now."""
        super().forward(np.zeros((1,), dtype="int32", ctx=self.weight.list_ctx()[0]))
        return super().export(path, epoch, remove_amp_cast)

    def __repr__(self) -> str:
        return f"Embedding({self._shape[0]} -> {self._shape[1]}, sparse_grad={self._sparse_grad})"
