"""Layers that score the target beside a few candidates, which all positions of a batch share.

Sharing candidates makes their scores one matrix product. One lookup serves candidates and targets, in this
order, since two gradients of one row-sparse table would have to be merged. Sampled softmax and NCE also
share the draw and its expected counts, and differ in what they do with the scores.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy

from ..backend.arrays import as_device_array
from ..backend.embedding import rows_of, table_parameter
from ..utils.checks import check_bool, check_ids, check_positive_int
from ..utils.randomness import Seed
from ..utils.types import Array, Ids, InitializerLike, Namespace
from ..vocabulary.samplers import Sampler, UnigramSampler
from .base import OutputLayer, Target
from .full import word_log_prob

_MIN_COUNT = float(numpy.finfo(numpy.float32).tiny)  # stands for 0, so that the logarithm is finite


class Candidates(NamedTuple):
    """A draw: ids int64 (S,) and the number of tries, which the expected counts depend on."""

    ids: numpy.ndarray
    num_tries: int


class CandidateLayer(OutputLayer):
    """A table of rows and biases, looked up for candidates and targets; probabilities are their softmax.

    Parameters: `weight` (vocab_size, in_units), and unless ``use_bias=False`` `bias` (vocab_size, 1), a
    column, so that its gradient can be row-sparse too.
    """

    def __init__(
        self,
        vocab_size: int,
        in_units: int,
        use_bias: bool,
        sparse_grad: bool,
        weight_initializer: InitializerLike,
        bias_initializer: InitializerLike,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab_size, in_units, **kwargs)
        self._use_bias = check_bool("use_bias", use_bias)
        self._sparse_grad = check_bool("sparse_grad", sparse_grad)
        shape = (self._vocab_size, self._in_units)
        self.weight = table_parameter(self, "weight", shape, weight_initializer, self._sparse_grad)
        if self._use_bias:
            self.bias = table_parameter(
                self, "bias", (self._vocab_size, 1), bias_initializer, self._sparse_grad
            )

    def _rows_and_shift(self, ids: numpy.ndarray, shift: numpy.ndarray, hidden: Array) -> tuple[Array, Array]:
        """Rows (S + N, d) and shift + biases (S + N,) on the context of `hidden`.

        ids and shift (S + N,) are those of the candidates and then of the targets, on the host.
        """
        ctx = hidden.ctx
        on_device = as_device_array(shift, hidden.dtype, ctx)
        rows = rows_of(self.weight, ids, ctx)
        if self._use_bias:
            on_device = on_device + rows_of(self.bias, ids, ctx).reshape(-1)
        return rows, on_device

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """The log-softmax of all scores: hidden (N, in_units), weight and bias -> (N, vocab_size)."""
        weight, *bias = inputs
        biases = (F.np.squeeze(column, 1) for column in bias)  # one or none
        return word_log_prob(F, hidden, weight, *biases, vocab_size=self._vocab_size)


class SamplingLayer(CandidateLayer):
    """What sampled softmax and NCE share, whose docstrings describe the arguments: candidates are drawn."""

    def __init__(
        self,
        vocab_size: int,
        in_units: int,
        num_sampled: int,
        sampler: Sampler,
        unique: bool,
        remove_accidental_hits: bool,
        use_bias: bool,
        sparse_grad: bool,
        weight_initializer: InitializerLike,
        bias_initializer: InitializerLike,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            vocab_size, in_units, use_bias, sparse_grad, weight_initializer, bias_initializer, **kwargs
        )
        self.num_sampled = check_positive_int("num_sampled", num_sampled)
        self.unique = check_bool("unique", unique)
        self.remove_accidental_hits = check_bool("remove_accidental_hits", remove_accidental_hits)
        self._check_sampler(sampler)
        self._given = self._sampler = sampler
        self._excluded: frozenset[int] = frozenset()
        self._candidates: Candidates | None = None  # those that `resample` fixed

    def _check_sampler(self, sampler: Sampler) -> None:
        if not isinstance(sampler, Sampler):
            raise TypeError(
                f"sampler takes a sampler such as LogUniformSampler; got {type(sampler).__name__}"
            )
        if sampler.range_max != self._vocab_size:
            raise ValueError(
                f"sampler takes one over the layer's {self._vocab_size} words; "
                f"got one over {sampler.range_max}"
            )
        if self.num_sampled > self._vocab_size:
            raise ValueError(
                f"num_sampled takes at most vocab_size, {self._vocab_size}; got {self.num_sampled}"
            )
        if self.unique and self.num_sampled > sampler.num_classes:
            raise ValueError(
                f"num_sampled takes at most {sampler.num_classes} where unique=True, the words with a "
                f"probability above 0; got {self.num_sampled}"
            )

    def exclude(self, ids: Ids) -> None:
        """Never draw `ids`: the sampler's distribution is conditioned on the rest, expected counts included.

        A fixed draw is dropped. Raises ValueError if too few words are left for `num_sampled`.
        """
        excluded = self._excluded.union(check_ids("ids", ids, self._vocab_size).ravel().tolist())
        p = self._given.prob(numpy.arange(self._vocab_size))
        if not numpy.delete(p, list(excluded)).any():
            raise ValueError(f"ids takes ids that leave a word to draw; got {len(excluded)} that leave none")
        sampler = UnigramSampler(p, power=1.0, exclude=sorted(excluded)) if excluded else self._given
        self._check_sampler(sampler)
        self._sampler, self._excluded, self._candidates = sampler, excluded, None

    def resample(self, rng: numpy.random.Generator | None) -> None:
        """Fix the candidates until the next call; with None each call draws anew by ``numpy.random``."""
        self._candidates = None if rng is None else self._draw(rng)

    def _draw(self, rng: Seed) -> Candidates:
        ids = self._sampler.sample(self.num_sampled, self.unique, rng)
        return Candidates(ids, self._sampler.num_tries)

    def _current_candidates(self) -> Candidates:
        """The fixed candidates, or new ones."""
        return self._draw(numpy.random.randint(2**31)) if self._candidates is None else self._candidates

    def _log_expected_count(self, ids: numpy.ndarray, num_tries: int) -> numpy.ndarray:
        """The log Q of TensorFlow's documentation: ids (...) -> float32 (...), -87.3 if never drawn."""
        return log_count(self._sampler.expected_count(ids, num_tries, self.unique))

    def _check_some_left(self, target: Target, hits: numpy.ndarray) -> None:
        """Raise ValueError if all candidates of a target that is kept are hits; `hits` (N,) counts them."""
        without = target.host_ids[target.kept & (hits == self.num_sampled)]
        if without.size:
            raise ValueError(
                f"num_sampled takes more than {self.num_sampled}: every candidate is the target "
                f"{without[0]} itself, and removing them leaves no negative"
            )

    def _options(self) -> str:
        excluded = f", {len(self._excluded)} excluded" if self._excluded else ""
        return (
            f"{self._in_units} -> {self._vocab_size}, num_sampled={self.num_sampled}, "
            f"sampler={self._given}{excluded}, unique={self.unique}, "
            f"remove_accidental_hits={self.remove_accidental_hits}, sparse_grad={self._sparse_grad}"
        )


def log_count(count: numpy.ndarray) -> numpy.ndarray:
    """The logarithm of counts or shares of at least 0 as float32, -87.3 for 0."""
    logarithm: numpy.ndarray = numpy.log(numpy.maximum(count, _MIN_COUNT)).astype(numpy.float32)
    return logarithm


def hit_places(target: numpy.ndarray, candidates: numpy.ndarray) -> numpy.ndarray:
    """Where a candidate (S,) equals a target (N,): positions and candidates, (2, n), position by position."""
    order = numpy.argsort(candidates, kind="stable")
    ordered = candidates[order]
    first = numpy.searchsorted(ordered, target)  # (N,)
    positions = numpy.flatnonzero(ordered[numpy.minimum(first, candidates.size - 1)] == target)
    first = first[positions]
    copies = numpy.searchsorted(ordered, target[positions], "right") - first  # of each of these targets
    copy = numpy.arange(copies.sum()) - numpy.repeat(numpy.cumsum(copies) - copies, copies)  # 0, 1, ... of it
    return numpy.stack([numpy.repeat(positions, copies), order[numpy.repeat(first, copies) + copy]])
