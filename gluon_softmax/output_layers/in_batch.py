"""In-batch softmax: the right words of the other positions in the batch are the candidates.

Yi et al. 2019, "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations"; the formula
is that of TensorFlow Recommenders' ``tfrs.tasks.Retrieval``, given a ``candidate_sampling_probability``, with
``remove_accidental_hits=True``.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..backend import autograd, nn
from ..fused.sampled_cross_entropy import sampled_cross_entropy
from ..utils.checks import check_bool, check_counts
from ..utils.types import Array, InitializerLike, Numbers
from .base import Target
from .candidates import CandidateLayer, hit_places, log_count
from .unigram_bias import unigram_bias


class InBatchSoftmax(CandidateLayer):
    r"""The cross-entropy of the softmax over the batch's own targets t_1 to t_N, in nats, one per position.

        s_ij = w_{t_j} . h_i + b_{t_j} - log Q(t_j)
        loss_i = -s_ii + log(exp s_ii + sum_{j: t_j != t_i} exp s_ij)

    where Q(w) is the word's share of `counts`: each of the N targets is a draw from it, so that a frequent
    word is a candidate more often. A word that is the target of m positions is m candidates to the others;
    to these m it is none, since they would be accidental hits. Nothing is drawn, and no other row is looked
    up. Outside of ``autograd.train_mode`` the loss is -log_prob[target], the full softmax over the same
    weights.

    Parameters
    ----------
    counts : (vocab_size,) how often each word is a target, by id, in any order. Where a text is subsampled
        these are the counts of what is left.
    in_units : width of the hidden vector.
    remove_accidental_hits : leave the target's other copies out of its position's sum. False keeps them,
        which is exact for words that are drawn with repeats, and better where frequent words fill the batch:
        a perplexity of 121 in place of 128 on PTB, after two epochs of a language model.
    subtract_log_q : False leaves log Q out; scores then become log p - log Q.
    use_bias : give each word a bias.
    sparse_grad : the gradients of `weight` and `bias` hold only the rows of targets.
    weight_initializer, bias_initializer : MXNet initializers; by default the bias starts at the unigram's
        logarithm.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...). A position that is
    ignored is nobody's candidate; one whose `sample_weight` is 0 still is. A batch over several contexts has
    in each part the candidates of that part. Where all targets are one word there is nothing to tell it from,
    and the loss is 0. Raises ValueError or TypeError for arguments that do not fit, and ValueError in
    training for a target that `counts` has none of (its Q is 0).
    """

    reads_hidden_late = True

    def __init__(
        self,
        counts: Numbers,
        in_units: int,
        remove_accidental_hits: bool = True,
        subtract_log_q: bool = True,
        use_bias: bool = True,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        bias_initializer: InitializerLike = None,
        **kwargs: Any,
    ) -> None:
        counts = check_counts("counts", counts)
        if bias_initializer is None:
            bias_initializer = unigram_bias(counts, column=True)
        super().__init__(
            counts.size, in_units, use_bias, sparse_grad, weight_initializer, bias_initializer, **kwargs
        )
        self.remove_accidental_hits = check_bool("remove_accidental_hits", remove_accidental_hits)
        self.subtract_log_q = check_bool("subtract_log_q", subtract_log_q)
        self._log_q = log_count(counts / counts.sum())
        self._never = counts == 0
        self._full_graph = nn.HybridLambda(self._cross_entropy)

    def _loss(self, hidden: Array, target: Target) -> Array:
        if not autograd.is_training():
            loss: Array = self._full_graph(hidden, target.ids, *self._recorded_inputs(hidden.ctx))
            return loss
        self._check_counted(target.host_ids[target.kept])
        columns = numpy.flatnonzero(target.kept)  # (S,), the positions that are candidates
        if not columns.size:
            columns = numpy.arange(target.kept.size)  # the losses are multiplied by 0
        candidates = target.host_ids[columns]
        ids = numpy.concatenate([candidates, target.host_ids])  # (S + N,)
        shift = -self._log_q[ids] if self.subtract_log_q else numpy.zeros(ids.shape, dtype=numpy.float32)
        inputs = self._rows_and_shift(ids, shift, hidden)  # (S + N, d), (S + N,)
        # The target's own score stands apart, so that its own column is left out with the accidental hits.
        left_out = numpy.stack([columns, numpy.arange(columns.size)])  # (2, S)
        if self.remove_accidental_hits:
            left_out = hit_places(target.host_ids, candidates)  # (2, n)
        return sampled_cross_entropy(hidden, *inputs, columns.size, left_out)

    def _check_counted(self, target: numpy.ndarray) -> None:
        never = target[self._never[target]]
        if never.size:
            raise ValueError(
                "target takes ids with a count above 0, since its Q(target) is divided by; "
                f"got {never[0]}, which counts has none of"
            )

    def __repr__(self) -> str:
        return (
            f"InBatchSoftmax({self._in_units} -> {self._vocab_size}, "
            f"remove_accidental_hits={self.remove_accidental_hits}, subtract_log_q={self.subtract_log_q}, "
            f"sparse_grad={self._sparse_grad})"
        )
