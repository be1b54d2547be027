"""Noise distributions over word ids: log-uniform, unigram^power and uniform, with draws and expected counts.

The distributions are those of TensorFlow's candidate samplers. With replacement, n draws are n tries and the
expected count of an id is n · p. Unique sampling draws until n different ids are found, and keeps the first
of each; `num_tries` is the number of draws it took, and the expected count of an id is 1 − (1 − p)^tries.
That holds where no draw was a repeat, too; TensorFlow then takes n · p, the count with replacement. Sampled
softmax and NCE subtract the logarithm of the expected count.
"""

from __future__ import annotations

import sys
from typing import Sequence

import numpy

from ..utils.checks import check_bool, check_counts, check_ids, check_number, check_positive_int
from ..utils.object_checks import check_kind
from ..utils.randomness import Seed, as_generator
from ..utils.types import Ids, Numbers


class Sampler:
    """What all samplers share.

    A subclass sets `range_max` and `num_classes`, and defines ``_probability(ids)`` and ``_draw(n, rng)``.

    Attributes
    ----------
    range_max : ids are in [0, range_max).
    num_classes : ids with a probability above 0, the most that unique sampling can give.
    num_tries : draws that the last `sample` took; 0 before the first.
    """

    range_max: int
    num_classes: int
    num_tries: int = 0

    def _probability(self, ids: numpy.ndarray) -> numpy.ndarray:
        raise NotImplementedError

    def _draw(self, n: int, rng: numpy.random.Generator) -> numpy.ndarray:
        raise NotImplementedError

    def prob(self, ids: Ids) -> numpy.ndarray:
        """The probability of each id in one draw: integer ids (...) → float64 (...).

        Raises TypeError for ids that are not integers, ValueError for ids outside [0, range_max).
        """
        return self._probability(check_ids("ids", ids, self.range_max).astype(numpy.int64))

    def sample(self, n: int, unique: bool = False, rng: Seed = None) -> numpy.ndarray:
        """`n` ids, int64 (n,), in the order they were drawn; sets `num_tries`.

        Parameters
        ----------
        n : how many.
        unique : each id at most once: draws go on until n different ids have come.
        rng : a NumPy Generator, a seed, or None for fresh entropy.

        Raises ValueError for n < 1, and for more unique ids than have a probability above 0.
        """
        n = check_positive_int("n", n)
        rng = as_generator("rng", rng)
        if not check_bool("unique", unique):
            self.num_tries = n
            return self._draw(n, rng)
        if n > self.num_classes:
            raise ValueError(
                f"n takes at most {self.num_classes} where unique=True, the ids with a probability above 0; "
                f"got {n}"
            )
        ids, self.num_tries = self._sample_unique(n, rng)
        return ids

    def expected_count(self, ids: Ids, num_tries: int, unique: bool = False) -> numpy.ndarray:
        """How often each id is expected among `num_tries` draws: integer ids (...) → float64 (...).

        It is tries · p with replacement, and 1 − (1 − p)^tries where repeats are dropped (unique).

        Raises the errors of `prob`, and ValueError for num_tries < 1.
        """
        tries = float(check_positive_int("num_tries", num_tries, maximum=sys.float_info.max))
        p = self.prob(ids)
        if not check_bool("unique", unique):
            return tries * p
        with numpy.errstate(divide="ignore"):  # p = 1: log 0 = −inf, and the count is 1
            expected: numpy.ndarray = -numpy.expm1(tries * numpy.log1p(-p))
        return expected

    def _sample_unique(self, n: int, rng: numpy.random.Generator) -> tuple[numpy.ndarray, int]:
        """Draw blocks of growing size until n ids differ; `_finish_unique` finds those that take too long."""
        draws = self._draw(2 * n + 16, rng)
        while True:
            first = numpy.unique(draws, return_index=True)[1]  # the index of each id's first draw
            first.sort()
            if first.size >= n:
                return draws[first[:n]], int(first[n - 1]) + 1
            if draws.size >= 4 * n:
                break
            draws = numpy.concatenate([draws, self._draw(draws.size, rng)])
        taken = draws[first]
        others, more_tries = self._finish_unique(taken, n - taken.size, rng)
        return numpy.concatenate([taken, others]), draws.size + more_tries

    def _finish_unique(
        self, taken: numpy.ndarray, n: int, rng: numpy.random.Generator
    ) -> tuple[numpy.ndarray, int]:
        """`n` further ids and the number of tries they take, distributed as if drawing had continued.

        Unseen ids are drawn in the order of an exponential race with rates p. Given that order, the number of
        tries until the next unseen id is geometric, with the probability of all that are still unseen. So
        the time does not depend on the number of tries: an id of probability 1e-15 takes no longer.
        """
        p = self._probability(numpy.arange(self.range_max))
        p[taken] = 0.0
        unseen = numpy.flatnonzero(p)
        with numpy.errstate(divide="ignore", over="ignore"):  # p = 1 is drawn at once, p near 1e-310 never
            arrival = rng.standard_exponential(unseen.size) / p[unseen]
            order = unseen[numpy.argsort(arrival, kind="stable")]
            # summed from the tail, which is precise where 1 − (the sum of those seen) is not
            still_unseen = numpy.minimum(numpy.cumsum(p[order][::-1])[::-1][:n], 1.0)
            tries = numpy.ceil(rng.standard_exponential(n) / -numpy.log1p(-still_unseen))
        return order[:n], int(numpy.clip(tries, 1.0, 1e300).sum())


class LogUniformSampler(Sampler):
    """P(k) = ln((k + 2) / (k + 1)) / ln(N + 1) for k in [0, N), near Zipf's law where ids fall in frequency.

    TensorFlow's ``log_uniform_candidate_sampler``: a draw is ⌊exp(u ln(N + 1))⌋ − 1 with u uniform in [0, 1).

    Parameters
    ----------
    range_max : N, the number of ids.
    """

    def __init__(self, range_max: int) -> None:
        self.range_max = self.num_classes = check_positive_int("range_max", range_max)
        self._log_range = numpy.log1p(self.range_max)

    def _probability(self, ids: numpy.ndarray) -> numpy.ndarray:
        p: numpy.ndarray = numpy.log1p(1.0 / (ids + 1.0)) / self._log_range
        return p

    def _draw(self, n: int, rng: numpy.random.Generator) -> numpy.ndarray:
        ids = numpy.exp(rng.random(n) * self._log_range).astype(numpy.int64) - 1
        drawn: numpy.ndarray = numpy.minimum(ids, self.range_max - 1)  # exp may round up to N + 1
        return drawn

    def __repr__(self) -> str:
        return f"LogUniformSampler({self.range_max})"


class UniformSampler(Sampler):
    """P(k) = 1 / N for k in [0, N).

    Parameters
    ----------
    range_max : N, the number of ids.
    """

    def __init__(self, range_max: int) -> None:
        self.range_max = self.num_classes = check_positive_int("range_max", range_max)

    def _probability(self, ids: numpy.ndarray) -> numpy.ndarray:
        return numpy.full(ids.shape, 1.0 / self.range_max)

    def _draw(self, n: int, rng: numpy.random.Generator) -> numpy.ndarray:
        return rng.integers(self.range_max, size=n, dtype=numpy.int64)

    def __repr__(self) -> str:
        return f"UniformSampler({self.range_max})"


class UnigramSampler(Sampler):
    """P(k) = count_k^power / Σ count^power, counts in any order.

    word2vec's noise has power 0.75 (Mikolov et al. 2013, "Distributed Representations of Words and Phrases
    and their Compositionality", section 2.2).

    Parameters
    ----------
    counts : numbers (N,) of at least 0, by id. An id of count 0 is never drawn, whatever the power.
    power : finite; 0 is uniform over the counts above 0.
    exclude : ids that are never drawn, such as that of ``<unk>``.

    Raises TypeError or ValueError for counts, power or ids that are not such numbers, and ValueError where
    `exclude` leaves no id to draw.
    """

    def __init__(self, counts: Numbers, power: float = 0.75, exclude: Sequence[int] = ()) -> None:
        weights = check_counts("counts", counts)
        self.power = check_number("power", power)
        self.range_max = weights.size
        if numpy.size(exclude):
            weights[check_ids("exclude", exclude, weights.size)] = 0.0
        if not weights.any():
            raise ValueError(
                f"exclude takes ids that leave a count above 0; got {numpy.size(exclude)} that leave none"
            )
        self._p = _powers(weights, self.power)
        self.num_classes = int(numpy.count_nonzero(self._p))
        self._keep, self._alias = alias_table(self._p)

    def _probability(self, ids: numpy.ndarray) -> numpy.ndarray:
        p: numpy.ndarray = self._p[ids]
        return p

    def _draw(self, n: int, rng: numpy.random.Generator) -> numpy.ndarray:
        return self.transform(rng.random(n))

    def transform(self, uniform: numpy.ndarray) -> numpy.ndarray:
        """Uniform numbers in [0, 1) as draws: float64 (...) -> int64 ids (...)."""
        check_kind("uniform", uniform, numpy.ndarray, "a NumPy array of numbers in [0, 1)")
        place = uniform * self.range_max
        ids = numpy.minimum(place.astype(numpy.int64), self.range_max - 1)  # the product may round up
        return numpy.where(place - ids < self._keep[ids], ids, self._alias[ids])

    def __repr__(self) -> str:
        return f"UnigramSampler({self.range_max} ids, {self.num_classes} of them drawn, power={self.power:g})"


def _powers(weights: numpy.ndarray, power: float) -> numpy.ndarray:
    """weights^power (N,), divided by their sum; a weight of 0 stays 0."""
    positive = numpy.flatnonzero(weights)
    # by logarithms, relative to the largest, weights^power cannot overflow
    with numpy.errstate(over="ignore"):
        log_weights = power * numpy.log(weights[positive])
    if not numpy.isfinite(log_weights).all():
        raise ValueError(f"power takes a number whose product with log counts is finite; got {power:g}")
    p = numpy.zeros(weights.size)
    p[positive] = numpy.exp(log_weights - log_weights.max())
    p /= p.sum()
    return p


def alias_table(p: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Walker's alias method (1977): a uniform id i stays i with probability keep[i], else becomes alias[i].

    p (N,), which sums to 1 → keep float64 (N,), alias int32 (N,). Each id lighter than 1/N is filled up to
    1/N by a heavier one, both in order of their ids. A heavy id that gives more than its excess over 1/N
    closes: the next heavy id fills it up in turn. Cumulative sums of lack and excess show which id fills
    which, so no loop is needed. Where p is 0, keep is 0 and no alias points there: such an id is never drawn.
    """
    scaled = p * p.size
    alias = numpy.arange(p.size, dtype=numpy.int32)
    keep = numpy.ones(p.size)
    light = numpy.flatnonzero(scaled < 1.0)
    heavy = numpy.flatnonzero(scaled >= 1.0)
    if not light.size or not heavy.size:  # uniform, up to rounding
        return keep, alias
    lack = numpy.cumsum(1.0 - scaled[light])
    excess = numpy.cumsum(scaled[heavy] - 1.0)
    last = heavy.size - 1
    # a light id is filled by the first heavy one whose excess the light ids before it do not use up
    filler = numpy.searchsorted(excess, numpy.concatenate([[0.0], lack[:-1]]))
    keep[light] = scaled[light]
    alias[light] = heavy[numpy.minimum(filler, last)]
    # a heavy id closes at the first light one that takes more than its excess; the next heavy one fills it
    closing = numpy.searchsorted(lack, excess[:last], side="right")
    closes = numpy.flatnonzero(closing < lack.size)
    keep[heavy[closes]] = numpy.clip(1.0 + excess[closes] - lack[closing[closes]], 0.0, 1.0)
    alias[heavy[closes]] = heavy[closes + 1]
    return keep, alias
