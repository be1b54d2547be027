"""Where to cut a vocabulary into clusters, so that adaptive softmax costs least: by dynamic programming."""

from __future__ import annotations

from typing import Iterable, Union

import numpy

from ..utils.checks import (
    check_falling_counts,
    check_number,
    check_positive_int,
    integers_on_host,
    shown,
)
from ..utils.types import Numbers

Places = Union[int, numpy.ndarray]  # of a cut: the number of words before it
_MAX_CANDIDATES = 1200  # places for a cut that are tried in pairs; for more, the search takes two steps


def check_cutoffs(cutoffs: Iterable[int], vocab_size: int) -> tuple[int, ...]:
    """`cutoffs` as a tuple of ascending integers, all different, each in [1, vocab_size); or a ValueError."""
    try:
        values = list(integers_on_host(cutoffs, "cutoffs") if hasattr(cutoffs, "asnumpy") else cutoffs)
    except TypeError:
        values = []
    integers = all(isinstance(c, (int, numpy.integer)) and not isinstance(c, bool) for c in values)
    ascending = integers and all(a < b for a, b in zip(values, values[1:]))
    if not values or not ascending or values[0] < 1 or values[-1] >= vocab_size:
        raise ValueError(
            "cutoffs takes at least one integer, all different, in rising order, each in "
            f"[1, vocab_size), here [1, {vocab_size}); got {shown(cutoffs)}"
        )
    return tuple(int(c) for c in values)


def tail_widths(in_units: int, num_tails: int, div_value: float) -> list[int]:
    """The width of each tail i, in_units // div_value^(i+1); raises ValueError where one would be 0."""
    try:
        widths = [int(in_units // div_value ** (i + 1)) for i in range(num_tails)]
    except OverflowError:
        widths = [0]
    if min(widths) < 1:
        raise ValueError(
            f"div_value takes a number that leaves each of {num_tails} tails a width of in_units // "
            f"div_value^i of at least 1, here {in_units} // {div_value:g}^{num_tails}; got {div_value:g}"
        )
    return widths


def optimal_cutoffs(
    counts: Numbers,
    num_clusters: int,
    in_units: int | None = None,
    div_value: float = 4.0,
    tail_cost: float = 0.5,
    least_cost: float = 0.0,
) -> list[int]:
    r"""The ``num_clusters - 1`` cutoffs at which an adaptive softmax costs least.

    Grave et al. 2017, "Efficient softmax approximation for GPUs", section 4: a product of B rows with k words
    costs g(k, B) = max(c + l k0 B0, c + l k B). So, per position and in units of one score of the head (the
    constants c do not depend on the cuts),

        cost = max(least_cost, k_h + J) + sum_i max(least_cost, p_i a_i k_i),

    where the head has k_h words and J slots, tail i has k_i words and the share p_i of the counts, and a_i is
    the cost of a score of tail i relative to one of the head: `tail_cost` for every tail, or, where
    `in_units` is given, the multiplications of an `AdaptiveSoftmax` of that width with this `div_value`,
    including the projection: a_i k_i = w_i (in_units + k_i) / in_units, w_i = in_units // div_value^(i+1).

    Parameters
    ----------
    counts : (V,) counts by id, falling from id 1 on (id 0 is exempt).
    num_clusters : the head and its tails, at least 2.
    in_units : the width of the hidden vectors; None to count every score of a tail as `tail_cost`.
    div_value : how much narrower each tail is than the one before it.
    tail_cost : the cost of a score of a tail relative to one of the head, above 0; unused with `in_units`.
    least_cost : k0 B0 / B, below which a smaller product is no faster.

    The search is exact up to a vocabulary of 1,200. For a larger one cuts are first placed on a grid that is
    sparser towards rare words, then moved one at a time, over all places, until none gets cheaper.

    Raises TypeError or ValueError for arguments of another kind, ValueError for counts that rise, and for
    more clusters than words.
    """
    falling = check_falling_counts("counts", counts)
    num_tails = check_positive_int("num_clusters", num_clusters, 2) - 1
    if num_clusters > falling.size:
        raise ValueError(f"num_clusters takes at most one per word, {falling.size}; got {num_clusters}")
    check_number("div_value", div_value, 1)
    cost = _Cost(
        share=numpy.concatenate([[0.0], numpy.cumsum(falling)]) / falling.sum(),
        num_tails=num_tails,
        in_units=None if in_units is None else check_positive_int("in_units", in_units),
        div_value=div_value,
        tail_cost=check_number("tail_cost", tail_cost, 0, open_low=True),
        least_cost=check_number("least_cost", least_cost, 0),
    )
    return _move_cuts(cost, _place_cuts(cost, _candidates(falling.size, num_tails)))


class _Cost:
    """The cost of the parts that cuts make; ``share[k]`` is the share of the first k words in the text."""

    def __init__(
        self,
        share: numpy.ndarray,
        num_tails: int,
        in_units: int | None,
        div_value: float,
        tail_cost: float,
        least_cost: float,
    ) -> None:
        self.share, self.num_tails = share, num_tails
        self.vocab_size = share.size - 1
        self._in_units = in_units
        self._widths = None if in_units is None else tail_widths(in_units, num_tails, div_value)
        self._tail_cost, self._least_cost = tail_cost, least_cost

    def head(self, end: Places) -> numpy.ndarray:
        """The cost of the head with the words before `end`."""
        cost: numpy.ndarray = numpy.maximum(self._least_cost, end + self.num_tails)
        return cost

    def tail(self, i: int, begin: Places, end: Places) -> numpy.ndarray:
        """The cost of tail i with the words from `begin` to `end`, both broadcast."""
        if self._widths is None or self._in_units is None:
            scores = self._tail_cost * (end - begin)
        else:
            scores = self._widths[i] * (self._in_units + end - begin) / self._in_units
        share = self.share[end] - self.share[begin]
        cost: numpy.ndarray = numpy.maximum(self._least_cost, share * scores)
        return cost

    def part(self, i: int, begin: Places, end: Places) -> numpy.ndarray:
        """The cost of part i: part 0 is the head, part i + 1 is tail i."""
        return self.head(end) if i == 0 else self.tail(i - 1, begin, end)


def _candidates(vocab_size: int, num_tails: int) -> numpy.ndarray:
    """Places for a cut, ascending, in [1, vocab_size): all, or a grid whose steps grow with the place."""
    if vocab_size - 1 <= _MAX_CANDIDATES:
        return numpy.arange(1, vocab_size)
    grid = numpy.geomspace(1, vocab_size - 1, _MAX_CANDIDATES)
    all_places = numpy.concatenate([numpy.arange(1, num_tails + 1), grid.round().astype(numpy.int64)])
    places: numpy.ndarray = numpy.unique(all_places)
    return places


def _place_cuts(cost: _Cost, places: numpy.ndarray) -> list[int]:
    """The cheapest cuts among `places` (M,).

    ``best[m]`` is the least cost of the parts so far if the last one ends at ``places[m]``.
    """
    begin, end = places[:, None], places[None, :]  # (M, 1), (1, M)
    best = cost.head(places).astype(numpy.float64)  # (M,)
    origins = []
    for i in range(cost.num_tails - 1):
        total = best[:, None] + cost.tail(i, begin, end)  # (M, M)
        total[begin >= end] = numpy.inf
        origins.append(total.argmin(axis=0))
        best = total.min(axis=0)
    m = int((best + cost.tail(cost.num_tails - 1, places, cost.vocab_size)).argmin())
    cuts = [int(places[m])]
    for origin in reversed(origins):
        m = int(origin[m])
        cuts.append(int(places[m]))
    return cuts[::-1]


def _move_cuts(cost: _Cost, cuts: list[int]) -> list[int]:
    """Move each cut to its best place between its neighbours until none gets cheaper."""
    moved = True
    while moved:
        moved = False
        for i, cut in enumerate(cuts):
            begin = cuts[i - 1] if i else 0
            end = cuts[i + 1] if i + 1 < len(cuts) else cost.vocab_size
            places = numpy.arange(begin + 1, end)
            total = cost.part(i, begin, places) + cost.tail(i, places, end)
            best = int(total.argmin())
            if total[best] < total[cut - begin - 1] * (1 - 1e-12):
                cuts[i], moved = int(places[best]), True
    return cuts
