"""Sampled softmax: train on the softmax over the target and a few candidates, evaluate on that over all
words.

Jean, Cho, Memisevic and Bengio 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation";
the formula is that of TensorFlow's ``tf.nn.sampled_softmax_loss``.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..backend import autograd
from ..checks import check_counts, check_positive_int
from ..graph import Graph, softplus
from ..samplers import LogUniformSampler, Sampler
from .candidates import CandidateLayer, Candidates, share_of_repeats
from .full import word_log_prob
from .unigram_bias import unigram_bias


class SampledSoftmax(CandidateLayer):
    r"""The cross-entropy of the softmax over the target t and S candidates c, in nats, one a position:

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
        log-uniform sampler they are asked whether they fall from id 1 on.
    sparse_grad : the gradients of `weight` and `bias` hold only the rows of targets and candidates.
    weight_initializer, bias_initializer : MXNet initializers; without `counts` the bias starts at zero.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...). Raises ValueError or
    TypeError for arguments that do not fit, ValueError in training for a target that the sampler never draws
    (its Q is 0), and where removing the accidental hits of a target leaves no candidate.
    """

    def __init__(
        self,
        vocab_size: int,
        in_units: int,
        num_sampled: int,
        sampler: Sampler | None = None,
        unique: bool = True,
        remove_accidental_hits: bool = True,
        use_bias: bool = True,
        counts: Any = None,
        sparse_grad: bool = False,
        weight_initializer: Any = None,
        bias_initializer: Any = None,
        **kwargs: Any,
    ) -> None:
        if counts is not None:
            counts = check_counts("counts", counts, check_positive_int("vocab_size", vocab_size))
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
            _check_falling(counts)
        self._loss_graph, self._full_graph = Graph(self._sampled_losses), Graph(self._full_losses)

    def _loss(self, hidden: Any, target: Any, host_target: numpy.ndarray) -> Any:
        if not autograd.is_training():
            return self._full_graph(hidden, target, *self._parameters(hidden.ctx))
        candidates = self._current_candidates()
        self._check_drawn(host_target)
        hits = self._accidental_hits(host_target, candidates)
        ids = self._ids(host_target, candidates, hidden.ctx)
        shift = -self._log_expected_count(
            numpy.concatenate([host_target, candidates.ids]), candidates.num_tries
        )
        host = [shift, hits > 0, *self._repeats(host_target, candidates, hits)]
        return self._loss_graph(hidden, ids, *self._parameters(hidden.ctx), *self._beside(hidden, host))

    def _check_drawn(self, target: numpy.ndarray) -> None:
        never = target[self._sampler.prob(target) == 0]
        if self._ignore_index is not None:
            never = never[never != 0]  # id 0 stands where a target is ignored
        if never.size:
            raise ValueError(
                f"target takes ids that the sampler draws, since its Q(target) is divided by; got {never[0]} "
                f"with {self._sampler}"
            )

    def _repeats(
        self, target: numpy.ndarray, candidates: Candidates, hits: numpy.ndarray
    ) -> list[numpy.ndarray]:
        removes = self.remove_accidental_hits and not self.unique
        return [share_of_repeats(target, candidates.ids, hits)] if removes else []

    def _sampled_losses(self, F: Any, hidden: Any, ids: Any, weight: Any, *rest: Any) -> Any:
        bias, rest = (rest[0], rest[1:]) if self._use_bias else (None, rest)
        shift, hits, *repeats = rest
        right, sampled = self._scores(F, hidden, ids, shift, weight, bias)  # (N,), (N, S)
        return sampled_cross_entropy(F, right, sampled, hits, *repeats)

    def _full_losses(self, F: Any, hidden: Any, target: Any, weight: Any, bias: Any = None) -> Any:
        return -F.npx.pick(self._log_prob(F, hidden, weight, bias), target, axis=-1)

    def _log_prob(self, F: Any, hidden: Any, weight: Any, bias: Any = None) -> Any:
        bias = None if bias is None else F.np.squeeze(bias, 1)
        return word_log_prob(F, hidden, weight, bias, self._vocab_size)

    def __repr__(self) -> str:
        return f"SampledSoftmax({self._options()})"


def sampled_cross_entropy(F: Any, right: Any, sampled: Any, hits: Any, repeats: Any = None) -> Any:
    """-log of the target's share: corrected scores of target (N,) and candidates (N, S), hits (N,) -> (N,).

    A candidate that equals the target has the target's very score. So where ``hits`` is 1 it stays, and the
    target's own term is left out of the sum in its stead: no mask over the scores, and nothing that a float16
    cannot hold. `repeats` (N, S), for draws with replacement, is that of `share_of_repeats`.
    """
    if repeats is not None:
        sampled = sampled + repeats
    # x - log_softmax(x) is log sum exp(x) in every column; twice as fast as putting the target beside them
    log_share = F.npx.log_softmax(sampled, axis=-1)
    first, first_share = (F.npx.slice(x, begin=(None, 0), end=(None, 1)) for x in (sampled, log_share))
    excess = F.np.squeeze(first - first_share, 1) - right  # (N,)
    return hits * excess + (1 - hits) * softplus(F, excess)


def _check_falling(counts: numpy.ndarray) -> None:
    rises = numpy.flatnonzero(numpy.diff(counts[1:]) > 0)
    if rises.size:
        word = int(rises[0]) + 2
        raise ValueError(
            "counts takes numbers that fall from id 1 on where the sampler is log-uniform (another order: "
            f"UnigramSampler); got {counts[word - 1]:g} for id {word - 1} and {counts[word]:g} for id {word}"
        )
