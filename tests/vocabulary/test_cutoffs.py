"""Cutoffs beside a brute force over all of them, and the checks of cutoffs and counts."""

from __future__ import annotations

import itertools
from typing import Any, Sequence

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gluon_softmax import optimal_cutoffs
from gluon_softmax.vocabulary.cutoffs import _MAX_CANDIDATES, check_cutoffs, tail_widths

ORACLE = [0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01]


def slow_cost(
    counts: Sequence[float],
    cuts: Sequence[int],
    in_units: int | None = None,
    div_value: float = 4.0,
    tail_cost: float = 0.5,
    least: float = 0.0,
) -> float:
    """The cost of one choice of cuts, per position, one word at a time."""
    ends = [*cuts, len(counts)]
    cost = max(least, cuts[0] + len(cuts))
    for i in range(len(cuts)):
        words = range(ends[i], ends[i + 1])
        share = sum(counts[w] for w in words) / sum(counts)
        if in_units is None:
            scores = tail_cost * len(words)
        else:
            width = int(in_units // div_value ** (i + 1))
            scores = (in_units * width + width * len(words)) / in_units
        cost += max(least, share * scores)
    return float(cost)


def brute_force(counts: Sequence[float], num_clusters: int, **kwargs: Any) -> float:
    return min(
        slow_cost(counts, cuts, **kwargs)
        for cuts in itertools.combinations(range(1, len(counts)), num_clusters - 1)
    )


@pytest.mark.parametrize("num_clusters, wanted", [(2, [2]), (3, [1, 4])])
def test_known_cutoffs(num_clusters: int, wanted: list[int]) -> None:
    """The known answer: p = .4, .2, .1, .1, .05, .05, .04, .03, .02, .01."""
    assert optimal_cutoffs(ORACLE, num_clusters) == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=11).filter(any),
    st.integers(2, 5),
    st.sampled_from(
        [
            {},
            {"in_units": 64},
            {"in_units": 32, "div_value": 2.0},
            {"tail_cost": 0.9},
            {"least": 2.0},
        ]
    ),
)
def test_no_cuts_are_cheaper(counts: list[int], num_clusters: int, kwargs: dict[str, Any]) -> None:
    counts = [counts[0], *sorted(counts[1:], reverse=True)]  # id 0 may have any count
    num_clusters = min(num_clusters, len(counts), 4 if "in_units" in kwargs else 5)
    given_kwargs = {("least_cost" if name == "least" else name): value for name, value in kwargs.items()}
    cuts = optimal_cutoffs(counts, num_clusters, **given_kwargs)
    assert check_cutoffs(cuts, len(counts)) == tuple(cuts) and len(cuts) == num_clusters - 1
    wanted = brute_force(counts, num_clusters, **kwargs)
    assert slow_cost(counts, cuts, **kwargs) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("num_clusters, vocab_size", [(2, 40_000), (3, _MAX_CANDIDATES + 500)])
def test_a_vocabulary_beyond_the_grid(num_clusters: int, vocab_size: int) -> None:
    """The grid, then moving cuts: as good as every pair of places, on Zipf's law and on a step."""
    step = numpy.repeat([1000.0, 3.0], [801, vocab_size - 801])
    for counts in (1e6 / numpy.arange(2, vocab_size + 2), step):
        share = numpy.concatenate([[0.0], numpy.cumsum(counts)]) / counts.sum()
        places = numpy.arange(1, vocab_size)
        if num_clusters == 2:
            cost = places + 1 + 0.5 * (1 - share[places]) * (vocab_size - places)
        else:
            first, second = numpy.meshgrid(places, places, indexing="ij")
            middle = (share[second] - share[first]) * (second - first)
            cost = first + 2 + 0.5 * (middle + (1 - share[second]) * (vocab_size - second))
            cost = cost[first < second]
        cuts = optimal_cutoffs(counts, num_clusters)
        found = slow_cost(counts.tolist(), cuts)
        assert found == pytest.approx(cost.min(), rel=1e-12)


def test_a_large_vocabulary() -> None:
    counts = numpy.maximum(1, 1e7 // numpy.arange(1, 300_001))
    cuts = optimal_cutoffs(counts, 5)
    assert len(cuts) == 4 and check_cutoffs(cuts, 300_000)


@pytest.mark.parametrize("cutoffs", [
    [5, 15, 15], [5, 15, 10], [5, 10, 25], [5, 10, 20], [], [0], [0, 5], [-1, 5], [5.0, 10], ["5"], 5, None,
    [True, 5],
])  # fmt: skip
def test_bad_cutoffs_are_named(cutoffs: Any) -> None:
    with pytest.raises(ValueError, match=r"^cutoffs takes at least one integer.*\[1, 20\); got "):
        check_cutoffs(cutoffs, 20)


def test_cutoffs_of_numpy_and_tuples() -> None:
    for cutoffs in ([5, 10, 19], (5, 10, 19), numpy.array([5, 10, 19])):
        assert check_cutoffs(cutoffs, 20) == (5, 10, 19)


def test_widths() -> None:
    assert tail_widths(16, 3, 2) == [8, 4, 2]
    assert tail_widths(200, 3, 4.0) == [50, 12, 3]
    assert tail_widths(10, 2, 1.5) == [6, 4]
    with pytest.raises(ValueError, match=r"^div_value takes .* 16 // 4\^3; got 4$"):
        tail_widths(16, 3, 4.0)


@pytest.mark.parametrize("kwargs, said", [
    ({"counts": [5, 3, 4]}, "counts takes numbers in falling order from id 1 on; got 3 for id 1 and 4"),
    ({"counts": [0, 0]}, "counts takes at least one number above 0"),
    ({"num_clusters": 1}, "num_clusters takes an integer of at least 2"),
    ({"num_clusters": 4}, "num_clusters takes at most one per word, 3; got 4"),
    ({"tail_cost": 0}, "tail_cost takes a finite number above 0"),
    ({"least_cost": -1}, "least_cost takes a finite number of at least 0"),
    ({"div_value": 0.5}, "div_value takes a finite number of at least 1"),
    ({"in_units": 2}, "div_value takes a number that leaves each of 1 tails"),
])  # fmt: skip
def test_bad_arguments_are_named(kwargs: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        optimal_cutoffs(**{"counts": [5, 4, 3], "num_clusters": 2, **kwargs})
