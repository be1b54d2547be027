"""Weight decay: MXNet's formulas, the rows that it reaches, and a run with it that goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.small_runs import Call, small_argv, write_sentences
from oracles.small_training import CORPUS, make_net, pairs, quiet, weights

import gluon_softmax as gs
from gluon_softmax.backend import autograd, mx
from gluon_softmax.training.trainer import make_trainer

START, RATE, DECAY, GRADIENT = 1.0, 0.1, 0.5, 0.25


def one_step(optimizer: str, sparse_grad: bool, **multipliers: float) -> numpy.ndarray:
    """One number of each of six rows after a step in which rows 1 and 2 have a gradient."""
    embed = gs.Embedding(6, 2, sparse_grad)
    embed.initialize(mx.init.Constant(START))
    embed.collect_params().setattr("wd_mult", multipliers.get("wd_mult", 1.0))
    trainer = make_trainer(embed, optimizer, RATE, [mx.cpu()], DECAY)
    with autograd.record():
        loss = (embed([1, 2]) * GRADIENT).sum()
    loss.backward()
    trainer.step(1)
    column: numpy.ndarray = embed.weight.data().asnumpy()[:, 0]
    return column


@pytest.mark.parametrize("optimizer, seen, unseen", [
    ("sgd", START - RATE * (GRADIENT + DECAY * START), START - RATE * DECAY * START),
    ("adam", START - RATE, START - RATE),  # the size of Adam's first step is the rate
    ("adagrad", START - RATE * (1 + DECAY * START), START - RATE * DECAY * START),
])  # fmt: skip
def test_a_step_of_each_optimizer(optimizer: str, seen: float, unseen: float) -> None:
    wanted = [unseen, seen, seen, unseen, unseen, unseen]
    numpy.testing.assert_allclose(one_step(optimizer, False), wanted, rtol=1e-5)
    if optimizer != "adagrad":
        lazy = [START, seen, seen, START, START, START]
        numpy.testing.assert_allclose(one_step(optimizer, True), lazy, rtol=1e-5)


def test_wd_mult_multiplies_it() -> None:
    assert one_step("sgd", False, wd_mult=0.0)[0] == START
    assert one_step("sgd", False, wd_mult=2.0)[0] == pytest.approx(START - RATE * 2 * DECAY)


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_words_that_are_never_met_decay_where_gradients_are_dense(sparse_grad: bool) -> None:
    net = make_net(sparse_grad)
    net.initialize(mx.init.Constant(0.5))
    quiet(net, pairs(32), 1, 0.1, "sgd", weight_decay=1.0)
    unmet = weights(net)[0][numpy.flatnonzero(CORPUS.counts == 0)]
    assert unmet.size and ((unmet == 0.5).all() if sparse_grad else (abs(unmet) < 0.4).all())


def test_adagrad_has_no_operator_for_it_with_sparse_gradients() -> None:
    with pytest.raises(ValueError, match=r"^weight_decay takes 0 with adagrad and the row-sparse grad"):
        quiet(make_net(True), pairs(32), 1, 0.1, "adagrad", weight_decay=0.1)
    net = make_net(True)
    net.collect_params().setattr("wd_mult", 0.0)
    quiet(net, pairs(32), 1, 0.1, "adagrad", weight_decay=0.1)


def test_blocks_have_none() -> None:
    blocks = gs.SkipGramBlocks(CORPUS, 32, 2, 3, subsampling="none")
    with pytest.raises(ValueError, match=r"^weight_decay takes 0 with SkipGramBlocks, .*; got 0.1$"):
        quiet(make_net(), blocks, 1, 0.01, "sgd", weight_decay=0.1)


def test_a_run_with_weight_decay_that_goes_on_equals_one_that_did_not_stop(
    tmp_path: Path, call: Call
) -> None:
    corpus = write_sentences(tmp_path)
    found: dict[str, Any] = {}
    for name, decay in (("whole", "0.01"), ("resumed", "0.01"), ("none", "0")):
        argv = small_argv(
            corpus, tmp_path / name, "--quiet", "--schedule", "constant", "--weight-decay", decay
        )
        if name == "resumed":
            assert call(*argv, "--num-epochs", "1")[0] == 0
            argv = ["train", "--out", str(tmp_path / name), "--resume", "--quiet"]
        assert call(*argv, "--num-epochs", "2")[0] == 0
        found[name] = gs.WordVectors.load(tmp_path / name / "vectors.txt").matrix
    numpy.testing.assert_array_equal(found["resumed"], found["whole"])
    assert abs(found["whole"]).sum() < 0.98 * abs(found["none"]).sum()


def test_sparse_gradients_adagrad_and_weight_decay_are_refused_before_a_run_begins(
    tmp_path: Path, call: Call
) -> None:
    options = ["--sparse-grad", "--optimizer", "adagrad", "--weight-decay", "0.1"]
    status, out, err = call(*small_argv(write_sentences(tmp_path), tmp_path / "run", *options))
    assert (status, out) == (2, "") and "--weight-decay takes 0 with adagrad" in err
    assert not (tmp_path / "run").exists()
