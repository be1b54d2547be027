"""The adaptive softmax: frequent words are always scored, rare ones only when their cluster is needed.

Grave et al. 2017, "Efficient softmax approximation for GPUs"; weights, shapes and results are those of
``torch.nn.AdaptiveLogSoftmaxWithLoss``.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

import numpy

from ..backend import autograd, gluon, mx, nn, np, npx
from ..backend.arrays import as_ids
from ..backend.embedding import table_parameter
from ..fused.linear_cross_entropy import linear_cross_entropy
from ..utils.checks import check_bool, check_falling_counts, check_number
from ..utils.types import Array, InitializerLike, Namespace, Numbers
from ..vocabulary.clusters import Clusters
from ..vocabulary.cutoffs import check_cutoffs, tail_widths
from .base import OutputLayer, Target
from .full import word_log_prob
from .label_smoothing import smoothed_cross_entropy

_MAX_SCORES = 1 << 22  # of a tail that `predict` computes at once: 16 MiB


class ClusterTables(NamedTuple):
    """The parameters of one cluster: the head's, or those of a tail."""

    weight: gluon.Parameter  # (c_0 + J, d), slots last, or (size_i, d_i)
    projection: gluon.Parameter | None  # (d_i, d); the head has none


class AdaptiveSoftmax(OutputLayer):
    r"""A softmax in two steps, over clusters of words and within them, in nats, one loss per position.

    Words below the first cutoff, the head, are scored beside one slot for each tail, a cluster of rarer
    words, whose words are scored only where they are needed:

        log p(w) = log softmax(W h)[w]                                             w in the head
        log p(w) = log softmax(W h)[slot i] + log softmax(T_i P_i h)[w - c_i]      w in tail i

    where tail i begins at c_i = ``cutoffs[i]`` and P_i maps h to in_units // div_value^(i+1) dimensions.

    Parameters
    ----------
    vocab_size : the number of words, V, ids in order of falling frequency.
    in_units : width of the hidden vector, d.
    cutoffs : where the tails begin: rising, each in [1, V). `optimal_cutoffs` finds them.
    div_value : each tail's vectors are narrower than those before it by this factor.
    head_bias : give the words and slots of the head a bias (the tails have none, as in PyTorch).
    dropout : probability with which each number of a tail's projected hidden vector is dropped in training.
    label_smoothing : eps in [0, 1), in training mode: -(1 - eps) log p(target) - eps mean_v log p(v), as in
        `FullSoftmax`. It needs every word's probability, so a step then costs as much as ``log_prob``.
    counts : (V,) counts by id; checked to fall from id 1 on if given.
    sparse_grad : False only; every softmax touches all rows of its table. `AdaptiveEmbedding` takes it.
    weight_initializer : an MXNet initializer; the one given to ``initialize()`` if None.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...). Parameters:
    `head_weight` (c_0 + J, d), `head_bias` (c_0 + J,), and for each of J tails `tail<i>_projection` (d_i, d)
    and `tail<i>_weight` (size_i, d_i). Raises ValueError for cutoffs, a `div_value` or counts that do not
    fit.

    Targets are sorted into clusters on the host. A cluster without a target scores one position whose result
    is not used, so that each of its parameters has a gradient, of zero, as the Trainer demands.
    """

    reads_hidden_late = True

    def __init__(
        self,
        vocab_size: int,
        in_units: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        dropout: float = 0.0,
        label_smoothing: float = 0.0,
        counts: Numbers | None = None,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab_size, in_units, **kwargs)
        self.cutoffs = check_cutoffs(cutoffs, self._vocab_size)
        self.div_value = check_number("div_value", div_value, 1)
        if counts is not None:
            check_falling_counts("counts", counts, self._vocab_size)
        if check_bool("sparse_grad", sparse_grad):
            raise ValueError(
                "sparse_grad takes False for an adaptive softmax, whose gradient touches every row of the "
                "clusters it scores; got True"
            )
        self.dropout = check_number("dropout", dropout, 0, 1, open_high=True)
        self.label_smoothing = check_number("label_smoothing", label_smoothing, 0, 1, open_high=True)
        self._clusters = Clusters(self.cutoffs, self._vocab_size)
        self._head_size = self.cutoffs[0] + self.num_tails
        self._has_bias = check_bool("head_bias", head_bias)
        self.head_weight = table_parameter(
            self, "head_weight", (self._head_size, self._in_units), weight_initializer
        )
        if self._has_bias:
            self.head_bias = self.params.get("head_bias", shape=(self._head_size,), init="zeros")
        self._widths = tail_widths(self._in_units, self.num_tails, self.div_value)
        for i, (size, width) in enumerate(zip(self._clusters.sizes[1:], self._widths)):
            for name, shape in (
                (f"tail{i}_projection", (width, self._in_units)),
                (f"tail{i}_weight", (size, width)),
            ):
                setattr(self, name, table_parameter(self, name, shape, weight_initializer))
        self._smooth_graph = nn.HybridLambda(self._smooth)

    @property
    def num_tails(self) -> int:
        """The number of clusters beside the head, J."""
        return len(self.cutoffs)

    @property
    def cluster_tables(self) -> list[ClusterTables]:
        """The parameters of each cluster, the head first; `AdaptiveEmbedding` can share them."""
        tails = [
            ClusterTables(getattr(self, f"tail{i}_weight"), getattr(self, f"tail{i}_projection"))
            for i in range(self.num_tails)
        ]
        return [ClusterTables(self.head_weight, None), *tails]

    def _loss(self, hidden: Array, target: Target) -> Array:
        return self._scaled_loss(hidden, target, None)

    def _scaled_loss(self, hidden: Array, target: Target, scale: Array | None) -> Array:
        """The losses (N,); each cluster is given its share of `scale`, so that it need not compute twice."""
        if self.label_smoothing and autograd.is_training():
            smooth: Array = self._smooth_graph(hidden, target.ids, *self.log_prob_inputs(hidden.ctx))
            return smooth if scale is None else smooth * scale
        ctx = hidden.ctx
        parts = self._clusters.partition(target.host_ids)
        slot = self.cutoffs[0] - 1 + parts.cluster  # of the tail that a target is in
        head_target = numpy.where(parts.cluster == 0, target.host_ids, slot)
        (weight, *bias), tails = self._split(self.log_prob_inputs(ctx))
        own_bias = bias[0] if bias else None
        loss: Array = linear_cross_entropy(hidden, head_target, weight, own_bias, scale)  # (N,)
        pieces = [np.zeros((parts.rows[0].size,), dtype=hidden.dtype, ctx=ctx)]  # words of the head are done
        for i, (projection, weight) in enumerate(tails):
            places = as_ids(parts.rows[i + 1], ctx)
            rows = np.take(hidden, places, axis=0)  # (n_i, d)
            narrow = self._narrow(mx.nd, i, rows, projection)  # (n_i, d_i)
            shares = None if scale is None else np.take(scale, places, axis=0)  # (n_i,)
            pieces.append(linear_cross_entropy(narrow, parts.words[i + 1], weight, scale=shares))  # (n_i,)
        return loss + np.take(np.concatenate(pieces), as_ids(parts.places, ctx), axis=0)

    def _narrow(self, F: Namespace, i: int, hidden: Array, projection: Array) -> Array:
        """The hidden vector as tail i sees it: (N, d) -> (N, d_i)."""
        narrow = F.npx.fully_connected(hidden, projection, num_hidden=self._widths[i], no_bias=True)
        return F.npx.dropout(narrow, p=self.dropout) if self.dropout else narrow

    def _smooth(self, F: Namespace, hidden: Array, target: Array, *inputs: Array) -> Array:
        log_prob = self.log_prob_graph(F, hidden, *inputs)  # (N, V)
        return smoothed_cross_entropy(F, log_prob, target, self.label_smoothing)

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """The log-softmax of the head, and of each tail plus its slot's: (N, in_units) -> (N, vocab_size)."""
        head_inputs, tail_inputs = self._split(inputs)
        head = self._head_log_prob(F, hidden, *head_inputs)  # (N, c_0 + J)
        first = self.cutoffs[0]
        pieces = [F.npx.slice(head, begin=(None, 0), end=(None, first))]
        for i, (projection, weight) in enumerate(tail_inputs):
            slot = F.npx.slice(head, begin=(None, first + i), end=(None, first + i + 1))  # (N, 1)
            pieces.append(slot + self._tail_log_prob(F, i, hidden, projection, weight))
        return F.np.concatenate(pieces, axis=1)  # (N, V)

    def _head_log_prob(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        return word_log_prob(F, hidden, *inputs, vocab_size=self._head_size)

    def _tail_log_prob(self, F: Namespace, i: int, hidden: Array, projection: Array, weight: Array) -> Array:
        """Of the words of tail i, given that it is tail i: hidden (N, d) -> (N, size_i)."""
        narrow = self._narrow(F, i, hidden, projection)  # (N, d_i)
        return word_log_prob(F, narrow, weight, vocab_size=self._clusters.sizes[i + 1])

    def _predict(self, hidden: Array) -> Array:
        """The likeliest word per position: hidden (..., in_units) -> (...) int32 ids.

        No word of a tail is likelier than its slot, so a tail is scored only at the positions where its slot
        is likelier than the best word so far.
        """
        ctx = hidden.ctx
        flat = hidden.reshape(-1, self._in_units)  # (N, d)
        head_inputs, tail_inputs = self._split(self.log_prob_inputs(ctx))
        head = self._head_log_prob(mx.nd, flat, *head_inputs)  # (N, c_0 + J)
        words = head[:, : self.cutoffs[0]]
        likeliest = np.argmax(words, axis=1)
        best = npx.pick(words, likeliest, axis=-1).asnumpy()  # (N,)
        best_word = likeliest.asnumpy().astype(numpy.int32)
        slots = head[:, self.cutoffs[0] :].asnumpy()  # (N, J)
        for i, (projection, weight) in enumerate(tail_inputs):
            wanted = numpy.flatnonzero(slots[:, i] > best)
            step = max(1, _MAX_SCORES // self._clusters.sizes[i + 1])
            for start in range(0, wanted.size, step):
                rows = wanted[start : start + step]
                tail = self._tail_log_prob(
                    mx.nd, i, np.take(flat, as_ids(rows, ctx), axis=0), projection, weight
                )  # (n, size_i)
                word = np.argmax(tail, axis=1)
                log_prob = slots[rows, i] + npx.pick(tail, word, axis=-1).asnumpy()
                won = log_prob > best[rows]
                best[rows[won]] = log_prob[won]
                best_word[rows[won]] = self.cutoffs[i] + word.asnumpy()[won]
        return np.array(best_word.reshape(hidden.shape[:-1]), dtype="int32", ctx=ctx)

    def _split(self, inputs: Sequence[Array]) -> tuple[Sequence[Array], list[tuple[Array, Array]]]:
        """`log_prob_inputs` as the head's weight and bias, and a (projection, weight) per tail."""
        num_head = 1 + self._has_bias
        return inputs[:num_head], list(zip(inputs[num_head::2], inputs[num_head + 1 :: 2]))

    def __repr__(self) -> str:
        given = {"dropout": self.dropout, "label_smoothing": self.label_smoothing}
        options = "".join(f", {name}={value:g}" for name, value in given.items() if value)
        return (
            f"AdaptiveSoftmax({self._in_units} -> {self._vocab_size}, cutoffs={list(self.cutoffs)}, "
            f"div_value={self.div_value:g}, head_bias={self._has_bias}{options})"
        )
