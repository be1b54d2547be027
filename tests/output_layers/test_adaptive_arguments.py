"""What an adaptive softmax takes and refuses, by hand and by name."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.adaptive_reference import (
    HIDDEN,
    make,
)

import gluon_softmax as gs
from gluon_softmax import AdaptiveSoftmax
from gluon_softmax.backend import np
from gluon_softmax.runs.layers import build_output_layer


@pytest.mark.parametrize(
    "cutoffs", [[5, 15, 15], [5, 15, 10], [5, 10, 25], [5, 10, 20], [], [0, 5], [2.5, 5], None]
)
def test_pytorchs_errors_of_cutoffs(cutoffs: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^cutoffs takes at least one integer, all different, in rising order"
    ):
        AdaptiveSoftmax(20, 16, cutoffs, 2)


@pytest.mark.parametrize("kwargs, said", [
    ({"sparse_grad": True}, "sparse_grad takes False for an adaptive softmax"),
    ({"label_smoothing": 1.5}, "label_smoothing takes"),
    ({"dropout": 1}, "dropout takes a finite number of at least 0 and below 1, got 1"),
    ({"div_value": 0}, "div_value takes"),
    ({"div_value": 8}, "div_value takes a number that leaves each of 3 tails"),
    ({"counts": [*range(20)]}, "counts takes numbers in falling order from id 1 on; got 1 for id 1"),
    ({"counts": [3, 2, 1]}, "counts takes 20 numbers"),
])  # fmt: skip
def test_bad_arguments_are_named(kwargs: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        AdaptiveSoftmax(20, 16, [5, 10, 15], **{"div_value": 2, **kwargs})


def test_bad_inputs_are_named() -> None:
    layer, hidden = make(), np.array(HIDDEN[:2])
    with pytest.raises(ValueError, match=r"^target takes the sizes of hidden .* \(2,\); got \(3,\)"):
        layer(hidden, numpy.array([0, 1, 2]))
    for wrong in (20, -1):
        with pytest.raises(ValueError, match=rf"^target takes ids in \[0, 20\); got {wrong}"):
            layer(hidden, numpy.array([0, wrong]))
    for call in (lambda: layer(np.zeros((2, 15)), [0, 1]), lambda: layer.predict(np.zeros((2, 15)))):
        with pytest.raises(ValueError, match=r"^hidden takes shape \(\.\.\., 16\)"):
            call()


def test_counts_that_fall_from_id_1_on_are_right() -> None:
    make(counts=[1, *range(30, 11, -1)])


def test_by_name() -> None:
    counts = [3, *range(40, 1, -1)]
    options = {"cutoffs": "", "num_clusters": 3, "div_value": 2.0, "head_bias": True, "label_smoothing": 0.1}
    layer = build_output_layer("adaptive", counts, 8, options)
    assert list(layer.cutoffs) == gs.optimal_cutoffs(counts, 3)
    assert "head_bias" in layer._reg_params and layer.label_smoothing == 0.1
    layer = build_output_layer("adaptive", counts, 8, {**options, "cutoffs": "7,20"})
    assert repr(layer) == (
        "AdaptiveSoftmax(8 -> 40, cutoffs=[7, 20], div_value=2, head_bias=True, label_smoothing=0.1)"
    )
    with pytest.raises(ValueError, match=r"^cutoffs takes integers with commas between them; got '7;20'"):
        build_output_layer("adaptive", counts, 8, {**options, "cutoffs": "7;20"})
