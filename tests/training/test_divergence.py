"""Training that diverges says so, with the place, the rate and what to try, and overwrites nothing good."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.blocks import CORPUS, D, V, W

import gluon_softmax as gs
from gluon_softmax.training.divergence import Divergence
from gluon_softmax.utils.errors import TrainingDiverged

COUNTS = numpy.maximum(CORPUS.counts, 1)


@pytest.mark.parametrize("loss", [math.nan, math.inf, 41.7])
def test_a_loss_far_above_its_start_ends_training(loss: float) -> None:
    divergence = Divergence(lambda: 0.5)
    divergence.check(4.16, "in the first step")
    divergence.check(41.5, "after step 50 of epoch 1")  # not ten times the first
    with pytest.raises(
        TrainingDiverged,
        match=r"is [\w.]+ after step 100 of epoch 1 with lr 0\.5, and began at 4\.16; try a smaller lr",
    ):
        divergence.check(loss, "after step 100 of epoch 1")


def test_a_first_loss_that_is_not_finite_has_no_start() -> None:
    with pytest.raises(TrainingDiverged, match=r"the loss is nan in the first step with lr 0\.5; try"):
        Divergence(lambda: 0.5).check(math.nan, "in the first step")


def train(lr: float, num_epochs: int = 2, **kwargs: Any) -> list[dict[str, Any]]:
    net = gs.SkipGram(V, D, gs.NegativeSampling(COUNTS, D))
    batches = gs.SkipGramPairs(CORPUS, 16, W, threshold=0.05)
    history: list[dict[str, Any]] = gs.train(net, batches, num_epochs, lr, "sgd", progress="none", **kwargs)
    return history


def test_a_rate_that_is_too_high_leaves_the_good_checkpoint(tmp_path: Path) -> None:
    train(0.05, 1, checkpoint=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(TrainingDiverged, match=r"of epoch 2 with lr 1e\+30"):
        train(1e30, 2, checkpoint=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_held_out_loss_counts_too(tmp_path: Path) -> None:
    def evaluate(*_: Any) -> dict[str, float]:
        return {"loss": math.inf}

    valid = gs.SkipGramPairs(CORPUS, 16, W, held_out=True, subsampling="none")
    with pytest.raises(TrainingDiverged, match=r"is inf on held-out text after epoch 1 with lr 0\.05"):
        train(0.05, checkpoint=tmp_path, valid=valid, evaluate=evaluate)
    assert not list(tmp_path.iterdir())
