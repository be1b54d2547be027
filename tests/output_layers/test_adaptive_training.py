"""Training an adaptive softmax: absent clusters, smoothing, dropout, checkpoints, and the final entropy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.adaptive_reference import (
    HIDDEN,
    OUT_GRAD,
    TARGET,
    make,
    slow_log_prob,
)
from oracles.candidate_reference import loss_and_gradients
from oracles.reference import TinyCorpus, numeric_gradient

import gluon_softmax as gs
from gluon_softmax import AdaptiveSoftmax
from gluon_softmax.backend import autograd, gluon, mx, nn, np
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.training.data_parallel import to_device
from gluon_softmax.training.trainer import make_trainer
from gluon_softmax.utils.errors import CheckpointError


@pytest.mark.parametrize("target", [[0, 4, 2], [5, 9, 6], [19, 19, 19], [0, 5, 19]])
def test_clusters_that_are_absent(target: list[int], contexts: Any) -> None:
    """A row alone gives what it gives in a batch, and Trainer.step is that of zero gradients."""
    layer = make(contexts)
    before = {name: p.list_data()[0].asnumpy() for name, p in layer._reg_params.items()}
    trainer = make_trainer(layer, "sgd", 1.0, contexts)
    _, _, gradients = loss_and_gradients(make(), HIDDEN[:3], target, numpy.full(3, 1 / 3))
    alone = [float(layer(np.array(HIDDEN[i : i + 1], ctx=contexts[0]), [target[i]])) for i in range(3)]
    with autograd.record():
        losses = [
            layer(h, y) for h, y in to_device((HIDDEN[:3], numpy.array(target, dtype=numpy.int32)), contexts)
        ]
    autograd.backward(losses)
    numpy.testing.assert_allclose(numpy.concatenate([loss.asnumpy() for loss in losses]), alone, rtol=1e-5)
    trainer.step(3)
    for name, parameter in layer._reg_params.items():
        for ctx in contexts:
            numpy.testing.assert_allclose(
                parameter.data(ctx).asnumpy(),
                before[name] - gradients[name],
                rtol=1e-4,
                atol=1e-5,
                err_msg=name,
            )
    absent = [i for i, begin in enumerate((5, 10, 15)) if not any(begin <= y < begin + 5 for y in target)]
    for i in absent:
        assert not gradients[f"tail{i}_weight"].any() and not gradients[f"tail{i}_projection"].any()


@pytest.mark.parametrize("hybridize", [False, True])
def test_label_smoothing(hybridize: bool) -> None:
    layer = make(label_smoothing=0.3)
    layer.hybridize(hybridize)

    def wanted(hidden: Any) -> numpy.ndarray:
        log_prob = slow_log_prob(layer, hidden)
        return -0.7 * log_prob[numpy.arange(9), TARGET] - 0.3 * log_prob.mean(axis=1)

    loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD)
    numpy.testing.assert_allclose(loss, wanted(HIDDEN), rtol=2e-5)
    numpy.testing.assert_allclose(
        hidden_grad, numeric_gradient(lambda h: wanted(h) @ OUT_GRAD, HIDDEN), rtol=1e-4, atol=1e-5
    )
    assert all(gradient.any() for gradient in gradients.values())
    plain = -slow_log_prob(layer, HIDDEN)[numpy.arange(9), TARGET]
    numpy.testing.assert_allclose(layer(np.array(HIDDEN), TARGET).asnumpy(), plain, rtol=2e-5)


def test_dropout_in_the_tails_alone_and_in_training_alone() -> None:
    layer, plain = make(dropout=0.5), make()
    wanted = plain(np.array(HIDDEN), TARGET).asnumpy()
    numpy.testing.assert_allclose(layer(np.array(HIDDEN), TARGET).asnumpy(), wanted, rtol=1e-6)
    mx.random.seed(0)
    with autograd.train_mode():
        dropped = layer(np.array(HIDDEN), TARGET).asnumpy()
    in_head = TARGET < 5
    numpy.testing.assert_allclose(dropped[in_head], wanted[in_head], rtol=1e-6)
    assert (abs(dropped - wanted)[~in_head] > 1e-4).all()


def test_save_load_and_another_models_checkpoint(tmp_path: Path) -> None:
    layer, hidden = make(head_bias=True), np.array(HIDDEN)
    saved, loaded = nn.Sequential(), nn.Sequential()
    saved.add(layer)
    loaded.add(AdaptiveSoftmax(20, 16, [5, 10, 15], 2, head_bias=True))
    saved.save_parameters(str(tmp_path / "layer.params"))
    loaded.load_parameters(str(tmp_path / "layer.params"))
    numpy.testing.assert_array_equal(loaded[0].log_prob(hidden).asnumpy(), layer.log_prob(hidden).asnumpy())
    trainer = gluon.Trainer(layer.collect_params(), "sgd")
    Checkpoint(tmp_path / "run").save(layer, trainer, [])
    for cutoffs, said in (([5, 10, 16], "takes shape"), ([5, 10], "belongs to another model")):
        other = make(cutoffs=cutoffs, head_bias=True)
        with pytest.raises(CheckpointError, match=said):
            Checkpoint(tmp_path / "run").restore(other)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("model", ["SkipGram", "CBOW"])
def test_training_reaches_the_entropy_of_the_text(model: str, hybridize: bool, contexts: Any) -> None:
    """Words come in pairs, 1 with 2, 3 with 4 and so on: the other of a pair is certain."""
    rng = numpy.random.default_rng(0)
    pairs = rng.choice(5, 300, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    corpus = TinyCorpus([[1 + 2 * p, 2 + 2 * p] for p in pairs], 11)
    layer = AdaptiveSoftmax(11, 8, [3, 6], 2)
    net = getattr(gs, model)(11, 8, layer)
    batches = gs.SkipGramPairs if model == "SkipGram" else gs.CBOWBatches
    history = gs.train(
        net,
        batches(corpus, 32, 1, subsampling="none"),
        12,
        0.05,
        "adam",
        contexts,
        hybridize=hybridize,
        progress="none",
    )
    assert history[0]["loss"] > 0.5 > 0.05 > history[-1]["loss"]
