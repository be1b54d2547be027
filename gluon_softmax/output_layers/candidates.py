"""Layers that score the target beside a few candidates, drawn once and shared by all positions of the batch:
the draw, its expected counts, and targets that were drawn as well.

Sampled softmax and NCE differ in what they do with the scores. Sharing makes the candidates' scores one
matrix product, and one look-up serves targets and candidates.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy

from ..backend.arrays import as_device_array
from ..backend.embedding import rows_of, table_parameter
from ..utils.checks import check_ids, check_positive_int
from ..vocabulary.samplers import Sampler, UnigramSampler
from .base import OutputLayer

_LEAST_COUNT = float(numpy.finfo(numpy.float32).tiny)  # stands for 0, so that the logarithm is finite


class Candidates(NamedTuple):
    """A draw: ids int64 (S,) and the tries it took, which the expected counts depend on."""

    ids: numpy.ndarray
    num_tries: int


class CandidateLayer(OutputLayer):
    """What sampled softmax and NCE share. Parameters: `weight` (vocab_size, in_units), and unless
    ``use_bias=False`` `bias` (vocab_size, 1), a column so that its gradient can be row-sparse too.
    """

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
        weight_initializer: Any,
        bias_initializer: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab_size, in_units, **kwargs)
        self.num_sampled = check_positive_int("num_sampled", num_sampled)
        self.unique = bool(unique)
        self.remove_accidental_hits = bool(remove_accidental_hits)
        self._check_sampler(sampler)
        self._given = self._sampler = sampler
        self._excluded: frozenset[int] = frozenset()
        self._candidates: Candidates | None = None  # those that `resample` fixed
        self._use_bias = bool(use_bias)
        self._sparse_grad = bool(sparse_grad)
        shape = (self._vocab_size, self._in_units)
        self.weight = table_parameter(self, "weight", shape, weight_initializer, self._sparse_grad)
        if self._use_bias:
            self.bias = table_parameter(
                self, "bias", (self._vocab_size, 1), bias_initializer, self._sparse_grad
            )

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

    def exclude(self, ids: Any) -> None:
        """Never draw `ids`; the sampler's distribution is conditioned on the rest, expected counts included.

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
        """Fix the candidates until the next call; with None each call draws anew, as ``numpy.random``
        says.
        """
        self._candidates = None if rng is None else self._draw(rng)

    def _draw(self, rng: Any) -> Candidates:
        ids = self._sampler.sample(self.num_sampled, self.unique, rng)
        return Candidates(ids, self._sampler.num_tries)

    def _current_candidates(self) -> Candidates:
        """The fixed candidates, or new ones."""
        return self._draw(numpy.random.randint(2**31)) if self._candidates is None else self._candidates

    def _log_expected_count(self, ids: numpy.ndarray, num_tries: int) -> numpy.ndarray:
        """log Q of TensorFlow's documentation: ids (...) -> float32 (...), -87.3 for a word never drawn."""
        count = self._sampler.expected_count(ids, num_tries, self.unique)
        return numpy.log(numpy.maximum(count, _LEAST_COUNT)).astype(numpy.float32)

    def _accidental_hits(self, target: numpy.ndarray, candidates: Candidates) -> numpy.ndarray:
        """How many candidates of each target are to be removed, since they are the target: (N,) -> (N,)."""
        if not self.remove_accidental_hits:
            return numpy.zeros(target.shape, dtype=numpy.int64)
        hits = count_hits(target, candidates.ids)
        self._check_some_left(target[hits == self.num_sampled])
        return hits

    def _hit_places(self, target: numpy.ndarray, candidates: Candidates) -> numpy.ndarray:
        """Where candidates are to be removed: positions and candidates, (2, n)."""
        if not self.remove_accidental_hits:
            return numpy.zeros((2, 0), dtype=numpy.int64)
        places = hit_places(target, candidates.ids)
        if not self.unique or self.num_sampled == 1:
            hits = numpy.bincount(places[0], minlength=target.size)
            self._check_some_left(target[hits == self.num_sampled])
        return places

    def _check_some_left(self, without: numpy.ndarray) -> None:
        """No target is without any candidate."""
        if without.size:
            raise ValueError(
                f"num_sampled takes more than {self.num_sampled}: every candidate is the target "
                f"{without[0]} itself, and removing them leaves no negative"
            )

    def _parameters(self, ctx: Any) -> list[Any]:
        return [table.data(ctx) for table in ([self.weight, self.bias] if self._use_bias else [self.weight])]

    def _scores(self, F: Any, hidden: Any, rows: Any, shift: Any) -> tuple[Any, Any]:
        """w . h + shift of the targets and of the candidates: hidden (N, d), rows w (N + S, d) and shift
        (N + S,) -> (N,), (N, S).
        """
        size = self.num_sampled
        right_rows = F.npx.slice(rows, begin=(None, None), end=(-size, None))  # (N, d)
        right = F.np.sum(hidden * right_rows, axis=1) + F.npx.slice(shift, begin=(None,), end=(-size,))
        sampled = F.npx.fully_connected(
            hidden,
            F.npx.slice(rows, begin=(-size, None), end=(None, None)),
            F.npx.slice(shift, begin=(-size,), end=(None,)),
            num_hidden=size,
        )  # (N, S)
        return right, sampled

    def _look_up(self, ids: numpy.ndarray, shift: numpy.ndarray, hidden: Any) -> tuple[Any, Any]:
        """Rows (n, d) and shift + biases (n,) where `hidden` is, of ids and shift (n,) of the host: one
        look-up for targets and candidates, since two gradients of one row-sparse table would have to be
        merged.
        """
        ctx = hidden.ctx
        on_device = as_device_array(shift, hidden.dtype, ctx)
        rows = rows_of(self.weight, ids, ctx)
        if self._use_bias:
            on_device = on_device + rows_of(self.bias, ids, ctx).reshape(-1)
        return rows, on_device

    def _options(self) -> str:
        excluded = f", {len(self._excluded)} excluded" if self._excluded else ""
        return (
            f"{self._in_units} -> {self._vocab_size}, num_sampled={self.num_sampled}, "
            f"sampler={self._given}{excluded}, unique={self.unique}, "
            f"remove_accidental_hits={self.remove_accidental_hits}, sparse_grad={self._sparse_grad}"
        )


def count_hits(target: numpy.ndarray, candidates: numpy.ndarray) -> numpy.ndarray:
    """How many candidates (S,) equal each target (N,): (N,)."""
    ordered = numpy.sort(candidates)
    return numpy.searchsorted(ordered, target, "right") - numpy.searchsorted(ordered, target, "left")


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
