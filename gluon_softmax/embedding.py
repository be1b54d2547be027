"""A table of rows looked up by id, whose gradient can be row-sparse under ``npx.set_np()``, where MXNet's own
block fails.

``nn.Embedding(sparse_grad=True)`` raises ``mxnet.numpy.zeros does not support stype = row_sparse`` at
``initialize()`` as soon as NumPy arrays are on (mxnet#20391). Only the *gradient* buffer is at fault, so
`RowSparseParameter` makes that one buffer with legacy arrays and leaves everything else alone: initial
values, seeds, ``save_parameters`` and several contexts are those of the dense parameter.
"""

from __future__ import annotations

from typing import Any

from .backend import gluon, mx, np_array
from .block import Block
from .checks import check_ids, check_positive_int
from .table import TableParameter
from .upload import upload


class RowSparseParameter(TableParameter):
    """A dense weight (V, d) whose gradient holds only the rows that the batch looked up.

    With sgd, adam and adagrad the Trainer then updates those rows alone. For sgd that equals the dense
    update. Adam becomes *lazy*: a row that is absent from a batch takes no step, while dense Adam still moves
    it by its momentum.
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, grad_stype="row_sparse", **kwargs)

    def _init_grad(self) -> None:
        with np_array(False):
            super()._init_grad()


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
    F: Any, ids: Any, table: Any, shape: tuple[int, int], sparse_grad: bool, dtype: Any = "float32"
) -> Any:
    """Rows of `table` at `ids`: (...) -> (..., d); `F` is ``mx.nd`` or ``mx.sym``."""
    return F.npx.embedding(
        ids, table, input_dim=shape[0], output_dim=shape[1], dtype=dtype, sparse_grad=sparse_grad
    )


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
            check_ids("ids", ids, self._shape[0])
            ids = as_ids(ids)
        return super().forward(ids)

    def hybrid_forward(self, F: Any, ids: Any, weight: Any) -> Any:
        return look_up(F, ids, weight, self._shape, self._sparse_grad, self.weight.dtype)

    def __repr__(self) -> str:
        return f"Embedding({self._shape[0]} -> {self._shape[1]}, sparse_grad={self._sparse_grad})"


def as_ids(ids: Any, ctx: Any = None) -> Any:
    """Ids as an int32 MXNet array on `ctx` (an MXNet array stays where it is without one, host ids go to the
    current context).
    """
    if isinstance(ids, mx.nd.NDArray):
        ids = ids.astype("int32", copy=False)  # MXNet cannot put int64 ids beside int32 ones
        return ids if ctx is None else ids.as_in_ctx(ctx)
    return upload(ids, "int32", ctx)
