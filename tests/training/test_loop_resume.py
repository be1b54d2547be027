"""A run that was interrupted and resumed equals an uninterrupted one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.small_training import OPTIMIZERS, TIMES, Fixed, Rows, X, make_net, pairs, quiet, weights

from gluon_softmax.backend import mx
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.utils.types import Context, Metrics


class StopError(Exception):
    """An interruption."""


def interrupt(_metrics: Metrics) -> None:
    raise StopError


@pytest.mark.parametrize("name, schedule", [("sgd", "linear"), ("adam", "constant"), ("adagrad", "linear")])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_a_resumed_run_equals_an_uninterrupted_one(
    name: str, sparse_grad: bool, schedule: str, contexts: list[Context], tmp_path: Path
) -> None:
    def run(seed: int, **kwargs: Any) -> tuple[list[Metrics], list[numpy.ndarray]]:
        mx.random.seed(seed)  # what was drawn before must not matter
        numpy.random.seed(seed)
        net = make_net(sparse_grad)
        history = quiet(
            net, pairs(32), 3, OPTIMIZERS[name], name, contexts, schedule=schedule, seed=9, **kwargs
        )
        return [{k: v for k, v in m.items() if k not in TIMES} for m in history], weights(net)

    whole = run(1)
    for seed in (2, 3):
        with pytest.raises(StopError):
            run(seed, checkpoint=tmp_path, on_epoch_end=interrupt)
    resumed = run(4, checkpoint=tmp_path)
    assert resumed[0] == whole[0]
    for one, two in zip(resumed[1], whole[1]):
        numpy.testing.assert_array_equal(one, two)
    again = run(5, checkpoint=str(tmp_path))  # nothing is left to do
    assert again[0] == whole[0]


def test_dropout_is_resumed_too(tmp_path: Path) -> None:
    def run(seed: int, **kwargs: Any) -> numpy.ndarray:
        mx.random.seed(seed)  # what was drawn before must not matter
        net = Rows(dropout=0.5)
        quiet(net, Fixed([(x,) for x in X], 13), 3, 0.1, "adam", seed=2, **kwargs)
        return weights(net)[0]

    whole = run(1)
    with pytest.raises(StopError):
        run(2, checkpoint=Checkpoint(tmp_path), on_epoch_end=interrupt)
    numpy.testing.assert_array_equal(run(3, checkpoint=Checkpoint(tmp_path)), whole)
