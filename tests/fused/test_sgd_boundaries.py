"""An epoch of steps in place that is stopped at a boundary goes on from its tables to the same bits."""

from __future__ import annotations

import itertools
from typing import Iterator

import numpy
import pytest
from oracles.blocks import B, D, V, W, make_corpus, set_tables, tables

from gluon_softmax import HierarchicalSoftmax, NegativeSampling, SkipGram, SkipGramBlocks
from gluon_softmax.backend import mx
from gluon_softmax.fused import sgd
from gluon_softmax.utils.types import Batch, StepResult

CORPUS = make_corpus(250)
COUNTS = numpy.maximum(CORPUS.counts, 1)
KINDS = ["negative sampling", "hierarchical"]
CHUNK = 64
LR = 0.05


def make(kind: str) -> tuple[SkipGram, SkipGramBlocks]:
    is_tree = kind == "hierarchical"
    net = SkipGram(V, D, HierarchicalSoftmax(COUNTS, D) if is_tree else NegativeSampling(COUNTS, D))
    net.initialize(mx.init.Uniform(0.8))
    return net, SkipGramBlocks(CORPUS, B, W, 0 if is_tree else 5, block_size=B, subsampling="none")


def steps_from(
    net: SkipGram, batches: SkipGramBlocks, taken: int, pairs: int, schedule: str = "linear"
) -> Iterator[StepResult]:
    """New steps on the tables as they are, and the batches of the epoch that are left."""

    def rate(more: int) -> float:
        share = (pairs + more) / batches.expected_positions
        # over 50 epochs: the rate falls by 0.03% a chunk, and by 2% in this epoch
        return LR * (1 - share / 50) if schedule == "linear" else LR

    left = itertools.islice(batches.epoch(0), taken, None)
    return net.in_place_sgd(batches, mx.cpu(), LR).epoch(left, rate)


@pytest.mark.parametrize("schedule", ["linear", "constant"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_epoch_stopped_at_any_boundary_goes_on_bit_equally(kind: str, schedule: str) -> None:
    net, batches = make(kind)
    start = tables(net)
    pairs, places = 0, [(0, start)]  # pairs at each boundary, and the tables there
    for result in steps_from(net, batches, 0, 0, schedule):
        pairs += result.num_pairs
        if result.at_boundary:
            places.append((pairs, tables(net)))
    end = tables(net)
    num_batches = sum(1 for _ in batches.epoch(0))
    assert len(places) - 1 == -(-num_batches // CHUNK) >= 5
    for k, (before, there) in enumerate(places[:-1]):
        again, _ = make(kind)
        set_tables(again, there)
        left = list(steps_from(again, batches, k * CHUNK, before, schedule))
        assert before + sum(result.num_pairs for result in left) == pairs
        for found, expected, moved in zip(tables(again), end, start):
            assert abs(expected - moved).max() > 0.1
            numpy.testing.assert_array_equal(found, expected, err_msg=f"from boundary {k}")
    for found, expected in zip(places[-1][1], end):
        numpy.testing.assert_array_equal(found, expected, err_msg="the last result is a boundary")


@pytest.mark.parametrize("kind", KINDS)
def test_a_boundary_is_where_the_batches_that_were_taken_are_in_the_tables(kind: str) -> None:
    net, batches = make(kind)
    taken = 0

    def counted() -> Iterator[Batch]:
        nonlocal taken
        for batch in batches.epoch(0):
            taken += 1
            yield batch

    found = [(result, taken) for result in net.in_place_sgd(batches, mx.cpu()).epoch(counted(), lambda _: LR)]
    at = [number for result, number in found if result.at_boundary]
    assert at == [*range(CHUNK, taken, CHUNK), taken]
    assert found[-1][0].at_boundary and not found[0][0].at_boundary


@pytest.mark.parametrize("kind", KINDS)
def test_a_chunk_without_a_pair_has_its_boundary_too(kind: str) -> None:
    net, batches = make(kind)
    still = [batch._replace(left=0 * batch.left, right=0 * batch.right) for batch in batches.epoch(0)]
    start = tables(net)
    found = list(net.in_place_sgd(batches, mx.cpu()).epoch(still, lambda _: LR))
    assert sum(result.at_boundary for result in found) == -(-len(still) // CHUNK)
    assert not any(result.num_pairs or result.losses for result in found)
    for after, before in zip(tables(net), start):
        numpy.testing.assert_array_equal(after, before)


def test_the_chunk_of_this_file_is_that_of_the_steps() -> None:
    assert sgd._CHUNK == CHUNK
