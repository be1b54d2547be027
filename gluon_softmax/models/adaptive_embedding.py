"""The adaptive input: rare words have narrow rows, widened by one projection per cluster.

Baevski & Auli 2019, "Adaptive Input Representations for Neural Language Modeling".
"""

from __future__ import annotations

from typing import Any, Sequence

import numpy

from ..backend import mx, np
from ..backend.arrays import as_ids
from ..backend.block import Block
from ..backend.embedding import rows_of, table_parameter
from ..output_layers.adaptive import AdaptiveSoftmax, ClusterTables
from ..utils.checks import check_bool, check_ids, check_number, check_positive_int
from ..utils.types import Array, Context, Ids, InitializerLike
from ..vocabulary.clusters import Clusters
from ..vocabulary.cutoffs import check_cutoffs, tail_widths


class AdaptiveEmbedding(Block):
    r"""``embed(ids)``, ids (...) integer in [0, vocab_size) -> (..., embed_size) float32.

    A word of the head is a row; a word w of tail i, which begins at c_i, is E_i[w - c_i] P_i.

    Parameters
    ----------
    vocab_size, embed_size, cutoffs, div_value : as in `AdaptiveSoftmax`, with ``embed_size`` for `in_units`:
        rows of tail i have embed_size // div_value^(i+1) numbers.
    sparse_grad : the gradient of each table holds only the rows of the batch; see `RowSparseParameter`.
    softmax : an `AdaptiveSoftmax` over the same words whose tables these are (weight tying, Press and Wolf
        2017); its `cutoffs` and `div_value` hold, and gradients are dense.
    share_projections : with `softmax`, its projections too, transposed.
    weight_initializer : an MXNet initializer; the one given to ``initialize()`` if None.

    Parameters: `head_weight` (c_0, d) (with `softmax` its (c_0 + J, d), slots last, which no id reaches), and
    for each tail `tail<i>_projection` (d_i, d) and `tail<i>_weight` (size_i, d_i). Raises TypeError for ids
    that are not integers, ValueError for ids out of range and arguments that do not fit.

    Ids are sorted into clusters on the host, so ``hybridize()`` compiles nothing here. In a cluster without
    an id one row is looked up and not used, so that its parameters have a gradient, of zero, as the Trainer
    demands.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        cutoffs: Sequence[int] | None = None,
        div_value: float | None = None,
        sparse_grad: bool = False,
        softmax: AdaptiveSoftmax | None = None,
        share_projections: bool = False,
        weight_initializer: InitializerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._vocab_size = check_positive_int("vocab_size", vocab_size)
        self._embed_size = check_positive_int("embed_size", embed_size)
        self._sparse_grad = check_bool("sparse_grad", sparse_grad)
        check_bool("share_projections", share_projections)
        if softmax is not None:
            self._check_softmax(softmax, cutoffs, div_value)
            cutoffs, div_value = softmax.cutoffs, softmax.div_value
        elif share_projections:
            raise ValueError("share_projections takes False without a softmax to share them with; got True")
        self.cutoffs = check_cutoffs(() if cutoffs is None else cutoffs, self._vocab_size)
        self.div_value = check_number("div_value", 4.0 if div_value is None else div_value, 1)
        self._clusters = Clusters(self.cutoffs, self._vocab_size)
        shared = None if softmax is None else softmax.cluster_tables
        self._tables = self._make_tables(shared, share_projections, weight_initializer)

    def _check_softmax(
        self, softmax: AdaptiveSoftmax, cutoffs: Sequence[int] | None, div_value: float | None
    ) -> None:
        if not isinstance(softmax, AdaptiveSoftmax):
            raise TypeError(f"softmax takes an AdaptiveSoftmax; got {type(softmax).__name__}")
        if (softmax.vocab_size, softmax.in_units) != (self._vocab_size, self._embed_size):
            raise ValueError(
                f"softmax takes a layer over {self._vocab_size} words with in_units {self._embed_size}; "
                f"got {softmax!r}"
            )
        if cutoffs is not None and tuple(cutoffs) != softmax.cutoffs:
            raise ValueError(f"cutoffs takes those of the softmax, {softmax.cutoffs}; got {cutoffs!r}")
        if div_value is not None and div_value != softmax.div_value:
            raise ValueError(f"div_value takes that of the softmax, {softmax.div_value}; got {div_value!r}")
        if self._sparse_grad:
            raise ValueError(
                "sparse_grad takes False for tables shared with a softmax, whose gradient is dense; got True"
            )

    def _make_tables(
        self, shared: list[ClusterTables] | None, share_projections: bool, initializer: InitializerLike
    ) -> list[ClusterTables]:
        """The tables of each cluster, the head first: new ones, or those of `shared`; registers them."""
        widths = tail_widths(self._embed_size, len(self.cutoffs), self.div_value)
        tables = []
        for i, (size, width) in enumerate(zip(self._clusters.sizes, [self._embed_size, *widths])):
            name = f"tail{i - 1}" if i else "head"
            weight, projection = (None, None) if shared is None else shared[i]
            if i:  # a projection comes before its weight, as its initial values are drawn
                if projection is None or not share_projections:
                    shape = (width, self._embed_size)
                    projection = table_parameter(self, f"{name}_projection", shape, initializer)
                setattr(self, f"{name}_projection", projection)
            if weight is None:
                shape = (size, width)
                weight = table_parameter(self, f"{name}_weight", shape, initializer, self._sparse_grad)
            setattr(self, f"{name}_weight", weight)
            tables.append(ClusterTables(weight, projection))
        return tables

    def forward(self, ids: Ids) -> Array:
        """The vectors of `ids` (...): (..., embed_size), on their context (the current one for host ids)."""
        host_ids = check_ids("ids", ids, self._vocab_size)
        ctx = ids.ctx if isinstance(ids, mx.nd.NDArray) else mx.current_context()
        if not host_ids.size:  # a row that is not used, so that every parameter has a gradient, of zero
            return self._rows(numpy.zeros(1, dtype=numpy.int64), ctx)[:0].reshape(
                *host_ids.shape, self._embed_size
            )
        return self._rows(host_ids.reshape(-1), ctx).reshape(*host_ids.shape, self._embed_size)

    def _rows(self, ids: numpy.ndarray, ctx: Context) -> Array:
        """The vectors of ids (N,) of the host, N >= 1: (N, embed_size) on `ctx`."""
        parts = self._clusters.partition(ids)
        pieces = []
        for words, (weight, projection) in zip(parts.words, self._tables):
            rows = rows_of(weight, words, ctx)
            if projection is not None:  # (n_i, d_i) -> (n_i, d)
                rows = mx.nd.npx.fully_connected(
                    rows, projection.data(ctx).T, num_hidden=self._embed_size, no_bias=True
                )
            pieces.append(rows)
        in_order: Array = np.take(np.concatenate(pieces), as_ids(parts.places, ctx), axis=0)
        return in_order

    def __repr__(self) -> str:
        return (
            f"AdaptiveEmbedding({self._vocab_size} -> {self._embed_size}, cutoffs={list(self.cutoffs)}, "
            f"div_value={self.div_value:g}, sparse_grad={self._sparse_grad})"
        )
