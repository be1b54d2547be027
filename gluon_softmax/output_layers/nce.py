"""Noise-contrastive estimation: learn a normalised model by distinguishing the right word from noise.

Gutmann and Hyvarinen 2010, "Noise-contrastive estimation: A new estimation principle for unnormalized
statistical models"; Mnih and Teh 2012, "A fast and simple algorithm for training neural probabilistic
language models"; the formula is that of TensorFlow's ``tf.nn.nce_loss``.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..backend import autograd, nn, np
from ..backend.arrays import as_device_array
from ..backend.ops import softplus
from ..utils.checks import check_bool, check_counts, check_number
from ..utils.types import Array, Context, InitializerLike, Namespace, Numbers
from ..vocabulary.samplers import Sampler, UnigramSampler
from .base import Target
from .candidates import Candidates, SamplingLayer
from .full import word_log_prob
from .unigram_bias import unigram_bias
from .unseen_words import smoothed_counts, smoothed_log_noise

_EVALUATION_SEED = 0


class NCE(SamplingLayer):
    r"""The sum of 1 + S logistic losses, in nats, one sum per position.

        s(w) = w . h + b_w - log Z - log Q(w)
        loss = -log sigmoid(s(t)) - sum_c log sigmoid(-s(c))

    for the target t and S candidates c, where Q(w) is how often w is expected among the candidates. At the
    optimum exp(w . h + b_w - log Z) is p(w | h): unlike in negative sampling, scores are normalised. All
    positions share the candidates. Outside of ``autograd.train_mode`` they come from a fixed seed.

    Parameters
    ----------
    counts : (vocab_size,) training counts by id, in any order.
    in_units : width of the hidden vector.
    num_sampled : S, noise words per batch, at most vocab_size.
    power : noise words are drawn from count^power; 1 is Mnih and Teh's unigram.
    sampler : a sampler over the vocabulary in place of that.
    subtract_log_q : False leaves log Q out, which makes it negative sampling with shared noise.
    log_partition : log Z, a constant. A bias would have to learn it: log(vocab_size) makes the initial model
        normalised, Mnih and Teh's 0 leaves it to training.
    unique : draw each candidate at most once. The theory's noise is with replacement.
    remove_accidental_hits : leave candidates that equal the target out of the sum.
    use_bias : give each word a bias.
    sparse_grad : the gradients of `weight` and `bias` hold only the rows of targets and candidates.
    weight_initializer, bias_initializer : MXNet initializers. By default the bias starts at log Z plus the
        logarithm of a word's share of `counts`, so that the first model is the unigram's; from zero, words
        that are seldom drawn would keep the scores of likely ones for long.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...). For a
    target that is never noise the first term is nearly 0. In `log_prob` a word that `counts` has none of
    counts as half an occurrence, so that the perplexity of a text that holds it is finite; words that
    `exclude` took out have probability 0. Raises
    ValueError or TypeError for arguments that do not fit, and ValueError where removing the accidental hits
    of a target leaves no candidate.
    """

    loss_is_cross_entropy = False

    def __init__(
        self,
        counts: Numbers,
        in_units: int,
        num_sampled: int,
        power: float = 1.0,
        sampler: Sampler | None = None,
        subtract_log_q: bool = True,
        log_partition: float = 0.0,
        unique: bool = False,
        remove_accidental_hits: bool = False,
        use_bias: bool = True,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        bias_initializer: InitializerLike = None,
        **kwargs: Any,
    ) -> None:
        counts = check_counts("counts", counts)
        log_partition = check_number("log_partition", log_partition)
        has_unigram_bias = check_bool("use_bias", use_bias) and bias_initializer is None
        if bias_initializer is None:
            bias_initializer = unigram_bias(counts, column=True, shift=log_partition)
        super().__init__(
            counts.size,
            in_units,
            num_sampled,
            UnigramSampler(counts, power) if sampler is None else sampler,
            unique,
            remove_accidental_hits,
            use_bias,
            sparse_grad,
            weight_initializer,
            bias_initializer,
            **kwargs,
        )
        self._counts, self._has_unigram_bias = counts, has_unigram_bias
        self._power = check_number("power", power) if sampler is None else 1.0
        self.subtract_log_q = check_bool("subtract_log_q", subtract_log_q)
        self.log_partition = log_partition
        self._loss_graph = nn.HybridLambda(self._logistic_losses)

    def _loss(self, hidden: Array, target: Target) -> Array:
        training = autograd.is_training()
        candidates = self._current_candidates() if training else self._draw(_EVALUATION_SEED)
        hits = self._accidental_hits(target, candidates)
        ids = numpy.concatenate([candidates.ids, target.host_ids])  # (S + N,)
        shift = numpy.full(ids.shape, -self.log_partition, dtype=numpy.float32)
        if self.subtract_log_q:
            shift -= self._log_expected_count(ids, candidates.num_tries)
        inputs = self._rows_and_shift(ids, shift, hidden)  # (S + N, d), (S + N,)
        loss: Array = self._loss_graph(hidden, *inputs, as_device_array(hits, hidden.dtype, hidden.ctx))
        return loss

    def _accidental_hits(self, target: Target, candidates: Candidates) -> numpy.ndarray:
        """How many candidates per target are left out, since they are the target: (N,) -> (N,)."""
        if not self.remove_accidental_hits:
            return numpy.zeros(target.host_ids.shape, dtype=numpy.int64)
        hits = count_hits(target.host_ids, candidates.ids)
        self._check_some_left(target, hits)
        return hits

    def _scores(self, F: Namespace, hidden: Array, rows: Array, shift: Array) -> tuple[Array, Array]:
        """The scores w . h + shift of the candidates (N, S) and of the targets (N,).

        hidden (N, d); rows w (S + N, d) and shift (S + N,), those of the candidates first.
        """
        size = self.num_sampled
        sampled = F.npx.fully_connected(
            hidden,
            F.npx.slice(rows, begin=(None, None), end=(size, None)),
            F.npx.slice(shift, begin=(None,), end=(size,)),
            num_hidden=size,
        )  # (N, S)
        right_rows = F.npx.slice(rows, begin=(size, None), end=(None, None))  # (N, d)
        right = F.np.sum(hidden * right_rows, axis=1) + F.npx.slice(shift, begin=(size,), end=(None,))
        return sampled, right

    def _logistic_losses(self, F: Namespace, hidden: Array, rows: Array, shift: Array, hits: Array) -> Array:
        sampled, right = self._scores(F, hidden, rows, shift)  # (N, S), (N,)
        # An accidental hit has exactly the target's score, so subtracting its loss needs no mask.
        wrong = F.np.sum(softplus(F, sampled), axis=1) - hits * softplus(F, right)
        return softplus(F, -right) + wrong

    def log_prob_inputs(self, ctx: Context) -> list[Array]:
        """What is added to the scores because of the noise (vocab_size,), then weight and bias."""
        log_noise = self._log_noise()
        return [np.array(log_noise, dtype=self.weight.dtype, ctx=ctx), *super().log_prob_inputs(ctx)]

    def _log_noise(self) -> numpy.ndarray:
        """What makes log p of the scores, up to one constant: float64 (vocab_size,).

        Scores are log p - log Q without `subtract_log_q`, as in negative sampling, and log p with it. Nothing
        teaches the score of a word that is never noise: it is the unigram's, which may be in its bias.
        """
        noise = self._sampler.prob(numpy.arange(self._vocab_size))
        if not self.subtract_log_q:
            return smoothed_log_noise(noise, self._counts, self._power, self._excluded)
        unigram = numpy.log(smoothed_counts(self._counts) / self._counts.sum()) + self.log_partition
        never = noise == 0
        log_noise: numpy.ndarray = numpy.where(never & (not self._has_unigram_bias), unigram, 0.0)
        log_noise[sorted(self._excluded)] = -numpy.inf
        return log_noise

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """The log-softmax of all scores: hidden (N, in_units), `inputs` -> (N, vocab_size)."""
        log_noise, weight, *bias = inputs
        shift = log_noise + F.np.squeeze(bias[0], 1) if bias else log_noise
        return word_log_prob(F, hidden, weight, shift, vocab_size=self._vocab_size)

    def __repr__(self) -> str:
        return (
            f"NCE({self._options()}, subtract_log_q={self.subtract_log_q}, "
            f"log_partition={self.log_partition:g})"
        )


def count_hits(target: numpy.ndarray, candidates: numpy.ndarray) -> numpy.ndarray:
    """How many candidates (S,) equal each target (N,): (N,)."""
    ordered = numpy.sort(candidates)
    return numpy.searchsorted(ordered, target, "right") - numpy.searchsorted(ordered, target, "left")
