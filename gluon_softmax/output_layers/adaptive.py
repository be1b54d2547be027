"""The adaptive softmax: frequent words are scored every time, rare ones only when their cluster is called.

Grave et al. 2017, "Efficient softmax approximation for GPUs"; weights, shapes and results are those of
``torch.nn.AdaptiveLogSoftmaxWithLoss``.
"""

from __future__ import annotations

from typing import Any, Sequence

import numpy

from ..backend import autograd, mx, nn, np, npx
from ..backend.arrays import as_ids
from ..backend.embedding import table_parameter
from ..fused.linear_cross_entropy import linear_cross_entropy
from ..utils.checks import check_hidden, check_number
from ..vocabulary.clusters import Clusters
from ..vocabulary.cutoffs import check_cutoffs, check_falling, tail_widths
from .base import OutputLayer
from .full import word_log_prob

_MOST_SCORES = 1 << 22  # of a tail that `predict` looks at together: 16 MiB


class AdaptiveSoftmax(OutputLayer):
    r"""A softmax in two steps, in nats, one loss a position. Words below the first cutoff, the head, are
    scored beside one slot for each tail, a cluster of rarer words, whose words are scored where it is needed:

        log p(w) = log softmax(W h)[w]                                             w in the head
        log p(w) = log softmax(W h)[slot i] + log softmax(T_i P_i h)[w - c_i]      w in tail i

    where tail i begins at c_i = ``cutoffs[i]`` and P_i maps h to in_units // div_value^(i+1) dimensions.

    Parameters
    ----------
    vocab_size : the number of words, V, ids in order of falling frequency.
    in_units : width of the hidden vector, d.
    cutoffs : where the tails begin: rising, each in [1, V). `optimal_cutoffs` finds them.
    div_value : each tail's vectors are this much narrower than those before.
    head_bias : give the words and slots of the head a bias (the tails have none, as in PyTorch).
    dropout : probability with which a tail's projected hidden vector loses a number in training.
    label_smoothing : eps in [0, 1], in training mode: -(1 - eps) log p(target) - eps mean_v log p(v), as in
        `FullSoftmax`. It asks for every word's probability, so a step then costs as much as ``log_prob``.
    counts : (V,) counts by id; checked to fall from id 1 on if given.
    sparse_grad : False only; every softmax touches all rows of its table. `AdaptiveEmbedding` takes it.
    weight_initializer : an MXNet initializer; the one given to ``initialize()`` if None.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...). Parameters:
    `head_weight` (c_0 + J, d), `head_bias` (c_0 + J,), and for each of J tails `tail<i>_projection` (d_i, d)
    and `tail<i>_weight` (size_i, d_i). Raises ValueError for cutoffs, a `div_value` or counts that do not
    fit.

    Targets are sorted into clusters on the host. A cluster without a target scores one position in vain, so
    that each of its parameters has a gradient, of zero, as the Trainer demands.
    """

    def __init__(
        self,
        vocab_size: int,
        in_units: int,
        cutoffs: Any,
        div_value: float = 4.0,
        head_bias: bool = False,
        dropout: float = 0.0,
        label_smoothing: float = 0.0,
        counts: Any = None,
        sparse_grad: bool = False,
        weight_initializer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab_size, in_units, **kwargs)
        self.cutoffs = check_cutoffs(cutoffs, self._vocab_size)
        self.div_value = check_number("div_value", div_value, 1)
        if counts is not None:
            check_falling(counts, self._vocab_size)
        if sparse_grad:
            raise ValueError(
                "sparse_grad takes False for an adaptive softmax, whose gradient touches every row of the "
                "clusters it scores; got True"
            )
        self.dropout = check_number("dropout", dropout, 0, 1)
        if self.dropout == 1:
            raise ValueError("dropout takes a probability below 1, which would leave nothing; got 1")
        self.label_smoothing = check_number("label_smoothing", label_smoothing, 0, 1)
        self._clusters = Clusters(self.cutoffs, self._vocab_size)
        self._head_size = self.cutoffs[0] + self.num_tails
        self._has_bias = bool(head_bias)
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
        return len(self.cutoffs)

    def _loss(self, hidden: Any, target: Any, host_target: numpy.ndarray) -> Any:
        if self.label_smoothing and autograd.is_training():
            return self._smooth_graph(hidden, target, *self._log_prob_inputs(hidden.ctx))
        ctx = hidden.ctx
        parts = self._clusters.partition(host_target)
        head_target = numpy.where(parts.cluster == 0, host_target, self.cutoffs[0] - 1 + parts.cluster)
        head, tails = self._split(list(self._reg_params.values()))
        loss = linear_cross_entropy(hidden, head_target, *(parameter.data(ctx) for parameter in head))  # (N,)
        pieces = [np.zeros((parts.rows[0].size,), dtype=hidden.dtype, ctx=ctx)]  # the head has said it all
        for i, (projection, weight) in enumerate(tails):
            rows = np.take(hidden, as_ids(parts.rows[i + 1], ctx), axis=0)  # (n_i, d)
            narrow = self._narrow(mx.nd, i, rows, projection.data(ctx))  # (n_i, d_i)
            pieces.append(linear_cross_entropy(narrow, parts.words[i + 1], weight.data(ctx)))  # (n_i,)
        return loss + np.take(np.concatenate(pieces), as_ids(parts.places, ctx), axis=0)

    def _narrow(self, F: Any, i: int, hidden: Any, projection: Any) -> Any:
        """The hidden vector as tail i sees it: (N, d) -> (N, d_i)."""
        narrow = F.npx.fully_connected(hidden, projection, num_hidden=self._widths[i], no_bias=True)
        return F.npx.dropout(narrow, p=self.dropout) if self.dropout else narrow

    def _smooth(self, F: Any, hidden: Any, target: Any, *inputs: Any) -> Any:
        log_prob = self._log_prob(F, hidden, *inputs)  # (N, V)
        nll, uniform = -F.npx.pick(log_prob, target, axis=-1), -F.np.mean(log_prob, axis=-1)
        return (1 - self.label_smoothing) * nll + self.label_smoothing * uniform

    def _log_prob(self, F: Any, hidden: Any, *inputs: Any) -> Any:
        head_inputs, tail_inputs = self._split(inputs)
        head = self._head_log_prob(F, hidden, *head_inputs)  # (N, c_0 + J)
        first = self.cutoffs[0]
        pieces = [F.npx.slice(head, begin=(None, 0), end=(None, first))]
        for i, (projection, weight) in enumerate(tail_inputs):
            slot = F.npx.slice(head, begin=(None, first + i), end=(None, first + i + 1))  # (N, 1)
            pieces.append(slot + self._tail_log_prob(F, i, hidden, projection, weight))
        return F.np.concatenate(pieces, axis=1)  # (N, V)

    def _head_log_prob(self, F: Any, hidden: Any, weight: Any, bias: Any = None) -> Any:
        return word_log_prob(F, hidden, weight, bias, self._head_size)

    def _tail_log_prob(self, F: Any, i: int, hidden: Any, projection: Any, weight: Any) -> Any:
        """Of the words of tail i, given that it is tail i: hidden (N, d) -> (N, size_i)."""
        narrow = self._narrow(F, i, hidden, projection)  # (N, d_i)
        return word_log_prob(F, narrow, weight, None, self._clusters.sizes[i + 1])

    def predict(self, hidden: Any) -> Any:
        """The likeliest word of each position: hidden (..., in_units) -> (...) int32 ids.

        No word of a tail is likelier than its slot, so a tail is scored only at the positions where its slot
        is likelier than the best word so far.
        """
        check_hidden("hidden", hidden, self._in_units)
        ctx = hidden.ctx
        flat = hidden.reshape(-1, self._in_units)  # (N, d)
        head_inputs, tail_inputs = self._split(self._log_prob_inputs(ctx))
        head = self._head_log_prob(mx.nd, flat, *head_inputs)  # (N, c_0 + J)
        words = head[:, : self.cutoffs[0]]
        likeliest = np.argmax(words, axis=1)
        best = npx.pick(words, likeliest, axis=-1).asnumpy()  # (N,)
        best_word = likeliest.asnumpy().astype(numpy.int32)
        slots = head[:, self.cutoffs[0] :].asnumpy()  # (N, J)
        for i, (projection, weight) in enumerate(tail_inputs):
            wanted = numpy.flatnonzero(slots[:, i] > best)
            step = max(1, _MOST_SCORES // self._clusters.sizes[i + 1])
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

    def _split(self, inputs: Sequence[Any]) -> tuple[Sequence[Any], list[tuple[Any, Any]]]:
        """What stands in the order of registration as that of the head and a (projection, weight) a tail."""
        num_head = 1 + self._has_bias
        return inputs[:num_head], list(zip(inputs[num_head::2], inputs[num_head + 1 :: 2]))

    def __repr__(self) -> str:
        given = {"dropout": self.dropout, "label_smoothing": self.label_smoothing}
        options = "".join(f", {name}={value:g}" for name, value in given.items() if value)
        return (
            f"AdaptiveSoftmax({self._in_units} -> {self._vocab_size}, cutoffs={list(self.cutoffs)}, "
            f"div_value={self.div_value:g}, head_bias={self._has_bias}{options})"
        )
