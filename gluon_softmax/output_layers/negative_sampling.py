"""Negative sampling: distinguish the right word from a few noise words instead of scoring the vocabulary.

Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their Compositionality", equation
4; *Dive into Deep Learning*, section "Approximate Training".
"""

from __future__ import annotations

import functools
from typing import Any

import numpy

from ..backend import autograd, nn, np
from ..backend.arrays import zeros_after
from ..backend.embedding import rows_of, table_parameter
from ..backend.ops import row_dot, softplus
from ..backend.threads import use_numpy_arrays
from ..utils.checks import (
    check_bool,
    check_counts,
    check_hidden,
    check_ids,
    check_number,
    check_positive_int,
    check_same_shape,
    on_host,
)
from ..utils.randomness import as_generator, uniform_from
from ..utils.types import Array, Context, Ids, InitializerLike, Namespace, Numbers
from ..vocabulary.samplers import UnigramSampler
from .base import OutputLayer, Target
from .unseen_words import smoothed_log_noise

_EVALUATION_SEED = 0
_MAX_REDRAWS = 1000


class NegativeSampling(OutputLayer):
    r"""The sum of 1 + K logistic losses, in nats, one sum per position.

        loss = -log sigmoid(u_target . h) - sum_{k=1..K} log sigmoid(-u_{n_k} . h)

    with noise words n_k != target drawn in proportion to counts^power, where u are the rows of `weight`
    (vocab_size, in_units), h is the hidden vector and K is `num_noise_words`.

    Parameters
    ----------
    counts : (vocab_size,) training counts by id, in any order; a zero is never drawn.
    in_units : width of the hidden vector.
    num_noise_words : K, noise words per position.
    power : the exponent of the noise distribution; 0.75 is the paper's.
    sparse_grad : the gradient of `weight` holds only the rows of the batch.
    weight_initializer : an MXNet initializer; the one given to ``initialize()`` if None.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...).

    A draw gives each word its K noise words, so positions with the same target share them as long as the draw
    lasts, and a batch split over several contexts has the noise of the whole batch. In `log_prob` a word that
    `counts` has none of counts as half an occurrence, so that the perplexity of a text that holds it is
    finite; words that `exclude` took out have probability 0. Outside of
    ``autograd.train_mode`` the draw comes from a fixed seed, so that a held-out loss can be compared. Raises
    ValueError or TypeError for counts that are negative, not finite, all zero or of the wrong shape, and for
    fewer than two words that can be drawn (a single word would have to be its own noise).
    """

    loss_is_cross_entropy = False

    def __init__(
        self,
        counts: Numbers,
        in_units: int,
        num_noise_words: int = 5,
        power: float = 0.75,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(check_counts("counts", counts).size, in_units, **kwargs)
        self.num_noise_words = check_positive_int("num_noise_words", num_noise_words)
        self._counts = on_host(counts)  # `check_counts` gives a copy in float64
        self._power = check_number("power", power)
        self._excluded: frozenset[int] = frozenset()
        self._check_some_noise(self._excluded)
        self._seed: int | None = None  # of the draw that `resample` fixed
        self._sparse_grad = check_bool("sparse_grad", sparse_grad)
        self._loss_graph = nn.HybridLambda(self._logistic_losses)
        self._score_graph = nn.HybridLambda(row_dot)
        shape = (self._vocab_size, self._in_units)
        self.weight = table_parameter(self, "weight", shape, weight_initializer, self._sparse_grad)

    def _check_some_noise(self, excluded: frozenset[int]) -> None:
        without = numpy.count_nonzero(numpy.take(self._counts, sorted(excluded)))
        left = numpy.count_nonzero(self._counts) - without
        if left < 2:
            raise ValueError(
                "counts takes at least two words that can be drawn as noise; "
                f"got {left} beside the excluded ids"
            )

    @functools.cached_property
    def _sampler(self) -> UnigramSampler:
        """Made at the first draw: `SkipGramBlocks` hold their own noise, and nothing is drawn here."""
        return UnigramSampler(self._counts, self._power, sorted(self._excluded))

    def exclude(self, ids: Ids) -> None:
        """Never draw `ids` as noise; raises ValueError if fewer than two words are left."""
        excluded = self._excluded.union(check_ids("ids", ids, self._vocab_size).ravel().tolist())
        self._check_some_noise(excluded)
        self._excluded = excluded
        self.__dict__.pop("_sampler", None)

    def resample(self, rng: numpy.random.Generator | None) -> None:
        """Fix the noise until the next call; with None each call draws anew by ``numpy.random``."""
        self._seed = None if rng is None else int(as_generator("rng", rng).integers(2**63))

    def noise_words(self, target: Ids, seed: int) -> numpy.ndarray:
        """The noise words of each target in the draw `seed`: ids (N,) -> int64 (N, K), none the target."""
        target = check_ids("target", target, self._vocab_size)
        if target.ndim != 1:
            raise ValueError(f"target takes ids (N,); got shape {target.shape}")
        check_positive_int("seed", seed, 0)
        num_keys = self._vocab_size * self.num_noise_words
        first_key = target[:, None].astype(numpy.int64) * self.num_noise_words
        keys = first_key + numpy.arange(self.num_noise_words)  # (N, K)
        noise = self._sampler.transform(uniform_from(keys, seed))
        for attempt in range(1, _MAX_REDRAWS):
            hits = noise == target[:, None]
            if not hits.any():
                return noise
            noise[hits] = self._sampler.transform(uniform_from(keys[hits] + attempt * num_keys, seed))
        raise ValueError(
            "counts takes a second word that is drawn now and then; "
            f"got {self._sampler.prob(target).max()} for the probability of one"
        )

    def _loss(self, hidden: Array, target: Target) -> Array:
        if not autograd.is_training():
            seed = _EVALUATION_SEED
        else:
            seed = numpy.random.randint(2**31) if self._seed is None else self._seed
        # one lookup for target and noise: two gradients of one row-sparse table would have to be merged
        noise = self.noise_words(target.host_ids, seed)
        ids = numpy.concatenate([target.host_ids[:, None], noise], axis=1)
        rows = rows_of(self.weight, ids, hidden.ctx)  # (N, 1 + K, d)
        loss: Array = self._loss_graph(hidden, rows)
        return loss

    def _logistic_losses(self, F: Namespace, hidden: Array, rows: Array) -> Array:
        """The sum of the 1 + K logistic losses, the target's row first: (N, d), (N, 1 + K, d) -> (N,)."""
        scores = row_dot(F, hidden, rows)  # (N, 1 + K)
        right = F.npx.slice(scores, begin=(None, 0), end=(None, 1))  # (N, 1)
        wrong = F.npx.slice(scores, begin=(None, 1), end=(None, None))  # (N, K)
        return F.np.sum(F.np.concatenate([softplus(F, -right), softplus(F, wrong)], axis=1), axis=1)

    def log_prob_inputs(self, ctx: Context) -> list[Array]:
        """The weight and the logarithm of the noise distribution (vocab_size,), smoothed."""
        noise = self._sampler.prob(numpy.arange(self._vocab_size))
        log_noise = smoothed_log_noise(noise, self._counts, self._power, self._excluded)
        return [self.weight.data(ctx), np.array(log_noise, dtype=self.weight.dtype, ctx=ctx)]

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """The log-softmax of u_o . h + log noise(o), which is log p(o|h) at the optimum.

        There u_o . h = log p(o|h) - log(K noise(o)): Levy and Goldberg 2014, "Neural Word Embedding as
        Implicit Matrix Factorization".
        """
        weight, log_noise = inputs
        scores = F.npx.fully_connected(hidden, weight, num_hidden=self._vocab_size, no_bias=True)  # (N, V)
        return F.npx.log_softmax(scores + F.np.expand_dims(log_noise, 0), axis=-1)

    def score(self, hidden: Array, ids: Ids) -> Array:
        """Inner products u_id . h: hidden (B, in_units), ids (B, L) -> (B, L).

        This is the book's minibatch multiplication. Raises TypeError or ValueError for ids or a hidden vector
        that do not fit.
        """
        use_numpy_arrays()
        hidden = check_hidden("hidden", hidden, self._in_units)
        host_ids = check_ids("ids", ids, self._vocab_size)
        check_same_shape(
            "ids without its last axis",
            host_ids.shape[:-1],
            "hidden without its last axis",
            hidden.shape[:-1],
        )
        rows = rows_of(self.weight, host_ids, hidden.ctx)  # (B, L, d)
        if not host_ids.size:
            nothing = np.concatenate([rows.reshape(-1), hidden[:0].reshape(-1)])
            return zeros_after(nothing, host_ids.shape)
        scores: Array = self._score_graph(hidden, rows)
        return scores

    def __repr__(self) -> str:
        return (
            f"NegativeSampling({self._in_units} -> {self._vocab_size}, "
            f"num_noise_words={self.num_noise_words}, power={self._power:g}, sparse_grad={self._sparse_grad})"
        )
