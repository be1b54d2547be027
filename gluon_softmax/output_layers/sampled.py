"""Sampled softmax: train on the softmax over the target and a few candidates, evaluate on the full one.

Jean, Cho, Memisevic and Bengio 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation";
the formula is that of TensorFlow's ``tf.nn.sampled_softmax_loss``.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..backend import autograd, nn
from ..fused.sampled_cross_entropy import sampled_cross_entropy
from ..utils.checks import check_counts, check_falling_counts, check_positive_int
from ..utils.types import Array, InitializerLike, Numbers
from ..vocabulary.samplers import LogUniformSampler, Sampler
from .base import Target
from .candidates import Candidates, SamplingLayer, hit_places
from .unigram_bias import unigram_bias

_FALLING = "numbers that fall from id 1 on where the sampler is log-uniform (another order: UnigramSampler)"


class SampledSoftmax(SamplingLayer):
    r"""The cross-entropy of the softmax over the target t and S candidates c, in nats, one per position.

        s(w) = w . h + b_w - log Q(w)
        loss = -s(t) + log(exp s(t) + sum_{c != t} exp s(c))

    where Q(w) is how often w is expected among the candidates, so that the gradient tends to that of the full
    softmax as S grows. Candidates are shared by all positions. Outside of ``autograd.train_mode`` the loss is
    -log_prob[target], the full softmax over the same weights.

    Parameters
    ----------
    vocab_size : the number of words, V.
    in_units : width of the hidden vector.
    num_sampled : S, at most V.
    sampler : a sampler over the V ids; if None a `LogUniformSampler`, for ids in order of falling count.
    unique : draw each candidate at most once.
    remove_accidental_hits : leave candidates that equal the target out of the sum, all copies of them.
    use_bias : give each word a bias.
    counts : training counts by id, if known. The bias then starts at the unigram's logarithm, and with a
        log-uniform sampler they are checked to fall from id 1 on.
    sparse_grad : the gradients of `weight` and `bias` hold only the rows of targets and candidates.
    weight_initializer, bias_initializer : MXNet initializers; without `counts` the bias starts at zero.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...). Raises ValueError or
    TypeError for arguments that do not fit, ValueError in training for a target that the sampler never draws
    (its Q is 0), and where removing the accidental hits of a target leaves no candidate.
    """

    reads_hidden_late = True

    def __init__(
        self,
        vocab_size: int,
        in_units: int,
        num_sampled: int,
        sampler: Sampler | None = None,
        unique: bool = True,
        remove_accidental_hits: bool = True,
        use_bias: bool = True,
        counts: Numbers | None = None,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        bias_initializer: InitializerLike = None,
        **kwargs: Any,
    ) -> None:
        check_positive_int("vocab_size", vocab_size)
        if counts is not None:
            counts = check_counts("counts", counts, vocab_size)
        if bias_initializer is None:
            bias_initializer = "zeros" if counts is None else unigram_bias(counts, column=True)
        super().__init__(
            vocab_size,
            in_units,
            num_sampled,
            LogUniformSampler(vocab_size) if sampler is None else sampler,
            unique,
            remove_accidental_hits,
            use_bias,
            sparse_grad,
            weight_initializer,
            bias_initializer,
            **kwargs,
        )
        if counts is not None and isinstance(self._given, LogUniformSampler):
            check_falling_counts("counts", counts, what=_FALLING)
        self._full_graph = nn.HybridLambda(self._cross_entropy)

    def _loss(self, hidden: Array, target: Target) -> Array:
        if not autograd.is_training():
            loss: Array = self._full_graph(hidden, target.ids, *self._recorded_inputs(hidden.ctx))
            return loss
        candidates = self._current_candidates()
        self._check_drawn(target.host_ids[target.kept])
        hits = self._accidental_hits(target, candidates)  # (2, n)
        ids = numpy.concatenate([candidates.ids, target.host_ids])  # (S + N,)
        log_count = self._log_expected_count(ids, candidates.num_tries)
        rows, shift = self._rows_and_shift(ids, -log_count, hidden)  # (S + N, d), (S + N,)
        return sampled_cross_entropy(hidden, rows, shift, self.num_sampled, hits)

    def _check_drawn(self, target: numpy.ndarray) -> None:
        never = target[self._sampler.prob(target) == 0]
        if never.size:
            raise ValueError(
                f"target takes ids that the sampler draws, since its Q(target) is divided by; got {never[0]} "
                f"with {self._sampler}"
            )

    def _accidental_hits(self, target: Target, candidates: Candidates) -> numpy.ndarray:
        """Which candidates are left out, since they are the target: positions and candidates, (2, n)."""
        if not self.remove_accidental_hits:
            return numpy.zeros((2, 0), dtype=numpy.int64)
        places = hit_places(target.host_ids, candidates.ids)
        if not self.unique or self.num_sampled == 1:
            self._check_some_left(target, numpy.bincount(places[0], minlength=target.kept.size))
        return places

    def __repr__(self) -> str:
        return f"SampledSoftmax({self._options()})"
