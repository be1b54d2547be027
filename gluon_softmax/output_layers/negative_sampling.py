"""Negative sampling: tell the right word from a few noise words instead of from the whole vocabulary.

Mikolov et al. 2013, "Distributed Representations of Words and Phrases and their Compositionality", equation 4; *Dive into Deep Learning*,
section "Approximate Training".
"""

from __future__ import annotations

from typing import Any

import numpy

from ..backend import autograd, np
from ..checks import check_counts, check_ids, check_positive_int, check_same_shape, check_width
from ..embedding import as_ids, look_up, table_parameter
from ..graph import Graph, row_dot, softplus
from ..samplers import UnigramSampler
from .base import OutputLayer

_EVALUATION_SEED = 0
_MOST_REDRAWS = 1000


class NegativeSampling(OutputLayer):
    r"""The sum of 1 + K logistic losses, in nats, one a position:

        loss = -log sigmoid(u_target . h) - sum_{k=1..K} log sigmoid(-u_{n_k} . h),    n_k ~ counts^power, n_k != target

    where u are the rows of `weight` (vocab_size, in_units), h is the hidden vector and K is `num_noise_words`.

    Parameters
    ----------
    counts : (vocab_size,) training counts by id, in any order; a zero is never drawn.
    in_units : width of the hidden vector.
    num_noise_words : K, noise words a position.
    power : the exponent of the noise distribution; 0.75 is the paper's.
    num_shared : None draws K words for each position. A number M draws M words for the whole call and gives every position K times the mean of their
        terms: the same loss in expectation, for one matrix product instead of N x K rows, so several times faster. At least 2.
    sparse_grad : the gradient of `weight` holds only the rows of the batch.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...).

    Outside ``autograd.train_mode`` the noise comes from a fixed seed, K words a position, so that a held-out loss can be compared.
    Raises ValueError or TypeError for counts that are negative, not finite, all zero or of the wrong shape, and for fewer than two words that
    can be drawn (the noise of the one word would have to be itself).
    """

    def __init__(
        self,
        counts: Any,
        in_units: int,
        num_noise_words: int = 5,
        power: float = 0.75,
        num_shared: int | None = None,
        sparse_grad: bool = False,
        weight_initializer: Any = None,
        **kwargs: Any,
    ) -> None:
        counts = check_counts("counts", counts)
        super().__init__(counts.size, in_units, **kwargs)
        self.num_noise_words = check_positive_int("num_noise_words", num_noise_words)
        self.num_shared = None if num_shared is None else check_positive_int("num_shared", num_shared, 2)
        self._counts = counts
        self._power = power
        self._set_sampler(counts)
        self._fixed: numpy.ndarray | int | None = None  # shared noise words, or the seed of the draws of each position
        self._sparse_grad = bool(sparse_grad)
        self._shape = (self._vocab_size, self._in_units)
        self._each_graph, self._shared_graph, self._score_graph = Graph(self._each), Graph(self._shared), Graph(self._score)
        self.weight = table_parameter(self, "weight", self._shape, weight_initializer, self._sparse_grad)

    def _set_sampler(self, counts: numpy.ndarray) -> None:
        if numpy.count_nonzero(counts) < 2:
            raise ValueError(
                f"counts takes at least two words that can be drawn as noise; got {numpy.count_nonzero(counts)} "
                "after leaving out the excluded ids"
            )
        self._sampler = UnigramSampler(counts, self._power)

    def exclude(self, ids: Any) -> None:
        """Never draw `ids` as noise; raises ValueError if fewer than two words are left."""
        counts = self._counts.copy()
        counts[check_ids("ids", ids, self._vocab_size)] = 0
        self._set_sampler(counts)
        self._counts = counts

    def resample(self, rng: numpy.random.Generator | None) -> None:
        """Fix the noise words until the next call; with None each call draws anew (seeded by ``numpy.random.seed``)."""
        if rng is None:
            self._fixed = None
        elif self.num_shared is not None:
            self._fixed = self._draw_shared(rng)
        else:
            self._fixed = int(rng.integers(2**63))

    def _draw_shared(self, rng: numpy.random.Generator) -> numpy.ndarray:
        for _ in range(_MOST_REDRAWS):
            noise = self._sampler.sample(self.num_shared, rng=rng)  # (M,)
            if noise.min() != noise.max():  # one word alone would leave its own positions without noise
                return noise
        raise ValueError(f"counts takes a second word that is drawn now and then; one word has nearly all of {self._counts.sum():g}")

    def _draw_each(self, target: numpy.ndarray, rng: numpy.random.Generator) -> numpy.ndarray:
        noise = self._sampler.sample(target.size * self.num_noise_words, rng=rng)
        noise = noise.reshape(target.size, self.num_noise_words)  # (N, K)
        for _ in range(_MOST_REDRAWS):
            hits = noise == target[:, None]
            num_hits = numpy.count_nonzero(hits)
            if not num_hits:
                return noise
            noise[hits] = self._sampler.sample(num_hits, rng=rng)
        raise ValueError(f"counts takes a second word that is drawn now and then; one word has nearly all of {self._counts.sum():g}")

    def _loss(self, hidden: Any, target: Any, host_target: numpy.ndarray) -> Any:
        weight = self.weight.data(hidden.ctx)
        if not autograd.is_training():
            noise = self._draw_each(host_target, numpy.random.default_rng(_EVALUATION_SEED))
        elif isinstance(self._fixed, numpy.ndarray):
            noise = self._fixed
        else:
            seed = numpy.random.randint(2**31) if self._fixed is None else self._fixed
            rng = numpy.random.default_rng(seed)
            noise = self._draw_each(host_target, rng) if self.num_shared is None else self._draw_shared(rng)
        if noise.ndim == 2:
            return self._each_graph(hidden, target, as_ids(noise, hidden.ctx), weight)
        weights = numpy.not_equal(host_target[:, None], noise).astype(numpy.float32)  # (N, M), 0 where the noise is the target
        weights *= self.num_noise_words / weights.sum(axis=1, keepdims=True)
        return self._shared_graph(hidden, target, as_ids(noise, hidden.ctx), np.array(weights, ctx=hidden.ctx), weight)

    def _each(self, F: Any, hidden: Any, target: Any, noise: Any, weight: Any) -> Any:
        ids = F.np.concatenate([F.np.expand_dims(target, 1), noise], axis=1)  # (N, 1 + K)
        scores = row_dot(F, hidden, look_up(F, ids, weight, self._shape, self._sparse_grad))  # (N, 1 + K)
        right = F.npx.slice(scores, begin=(None, 0), end=(None, 1))  # (N, 1)
        wrong = F.npx.slice(scores, begin=(None, 1), end=(None, None))  # (N, K)
        return F.np.sum(F.np.concatenate([softplus(F, -right), softplus(F, wrong)], axis=1), axis=1)

    def _shared(self, F: Any, hidden: Any, target: Any, noise: Any, noise_weights: Any, weight: Any) -> Any:
        # one look-up for both, since two gradients of one row-sparse table would have to be merged
        rows = look_up(F, F.np.concatenate([target, noise], axis=0), weight, self._shape, self._sparse_grad)
        right_rows = F.npx.slice(rows, begin=(None,), end=(-self.num_shared,))  # (N, d)
        noise_rows = F.npx.slice(rows, begin=(-self.num_shared,), end=(None,))  # (M, d)
        right = row_dot(F, hidden, F.np.expand_dims(right_rows, 1))  # (N, 1)
        wrong = F.npx.fully_connected(hidden, noise_rows, num_hidden=self.num_shared, no_bias=True)  # (N, M)
        noise_loss = row_dot(F, noise_weights, F.np.expand_dims(softplus(F, wrong), 1))  # (N, 1)
        return F.np.squeeze(softplus(F, -right) + noise_loss, 1)

    def _log_prob_inputs(self, ctx: Any) -> list[Any]:
        with numpy.errstate(divide="ignore"):  # a word that is never noise gets probability 0
            log_noise = numpy.log(self._sampler.prob(numpy.arange(self._vocab_size))).astype(numpy.float32)
        return [self.weight.data(ctx), np.array(log_noise, ctx=ctx)]

    def _log_prob(self, F: Any, hidden: Any, weight: Any, log_noise: Any) -> Any:
        """At its optimum u_o . h = log p(o|h) - log(K noise(o)), so p(o|h) is proportional to noise(o) e^(u_o . h) (Levy and Goldberg 2014)."""
        scores = F.npx.fully_connected(hidden, weight, num_hidden=self._vocab_size, no_bias=True)  # (N, V)
        return F.npx.log_softmax(scores + F.np.expand_dims(log_noise, 0), axis=-1)

    def score(self, hidden: Any, ids: Any) -> Any:
        """Inner products u_id . h: hidden (B, in_units), ids (B, L) -> (B, L); the book's minibatch multiplication."""
        check_width("hidden", hidden, self._in_units)
        host_ids = check_ids("ids", ids, self._vocab_size)
        check_same_shape("ids without its last axis", host_ids.shape[:-1], "hidden without its last axis", hidden.shape[:-1])
        return self._score_graph(hidden, as_ids(ids, hidden.ctx), self.weight.data(hidden.ctx))

    def _score(self, F: Any, hidden: Any, ids: Any, weight: Any) -> Any:
        return row_dot(F, hidden, look_up(F, ids, weight, self._shape, self._sparse_grad))

    def __repr__(self) -> str:
        shared = "" if self.num_shared is None else f", num_shared={self.num_shared}"
        return (
            f"NegativeSampling({self._in_units} -> {self._vocab_size}, num_noise_words={self.num_noise_words}, "
            f"power={self._power:g}{shared}, sparse_grad={self._sparse_grad})"
        )
