"""Positions that are ignored: what stands in for their target is checked by nobody and touches no row."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.every_layer import COUNTS, IN_UNITS

import gluon_softmax as gs
from gluon_softmax.backend import autograd, np

HIDDEN = np.array(numpy.random.default_rng(0).normal(size=(3, IN_UNITS)), dtype="float32")


def trained(layer: Any, target: list[int]) -> Any:
    """The losses in training, after a backward."""
    layer.initialize(force_reinit=True)
    with autograd.record():
        loss = layer(HIDDEN, target)
    loss.backward()
    return loss.asnumpy()


@pytest.mark.parametrize("ignore_index", [-1, None, 2])
def test_a_target_that_the_sampler_never_draws_is_refused_with_ignore_index_too(ignore_index: Any) -> None:
    sampler = gs.UnigramSampler([0, 5, 3, 2])
    layer = gs.SampledSoftmax(4, IN_UNITS, 2, sampler=sampler, ignore_index=ignore_index)
    with pytest.raises(ValueError, match=r"^target takes ids that the sampler draws.*got 0 with"):
        trained(layer, [0, 1, 1])


def test_what_is_ignored_need_not_be_drawn() -> None:
    sampler = gs.UnigramSampler([0, 5, 3, 2])
    for ignored in (-1, 0):
        layer = gs.SampledSoftmax(4, IN_UNITS, 2, sampler=sampler, ignore_index=ignored)
        loss = trained(layer, [ignored, 1, 2])
        assert loss[0] == 0 and (loss[1:] > 0).all()
        assert not trained(layer, [ignored] * 3).any()  # nothing is left to stand in


@pytest.mark.parametrize("make", [
    lambda sampler: gs.SampledSoftmax(4, IN_UNITS, 1, sampler=sampler, ignore_index=-1),
    lambda sampler: gs.NCE([9, 1, 1, 1], IN_UNITS, 1, sampler=sampler, remove_accidental_hits=True,
                           ignore_index=-1),
])  # fmt: skip
def test_an_ignored_target_that_every_candidate_equals_is_no_error(make: Any) -> None:
    only_zero = gs.UnigramSampler([1, 0, 0, 1e-9])
    layer = make(only_zero)
    assert not trained(layer, [-1, -1, -1]).any()
    with pytest.raises(ValueError, match=r"^num_sampled takes more than 1"):
        trained(make(only_zero), [0, -1, -1])


def test_no_row_is_touched_for_what_is_ignored() -> None:
    layer = gs.HierarchicalSoftmax(COUNTS, IN_UNITS, sparse_grad=True, ignore_index=-1)
    trained(layer, [9, -1, 9])
    touched = layer.weight.grad().indices.asnumpy()
    assert set(touched) <= set(layer.tree.points[9])
