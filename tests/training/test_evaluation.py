"""Perplexity is over every word of a text, however it is cut into columns and batches."""

from __future__ import annotations

import math

import numpy
import pytest
from oracles.recurrent_reference import EOS, Text, losses, parameters_of, random_text
from oracles.reference import softplus
from oracles.small_training import make_net, pairs, quiet, weights

import gluon_softmax as gs
from gluon_softmax.backend import init, mx, np
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.training.evaluation import held_out_loss, perplexity, perplexity_figures, to_perplexity
from gluon_softmax.utils.types import Context, Contexts

V = 9


def make(cell: str, layer: OutputLayer, contexts: Contexts = None) -> gs.LanguageModel:
    net = gs.LanguageModel(V, 4, 3, layer, cell=cell, num_layers=2, dropout=0.5)
    mx.random.seed(1)
    net.initialize(init.Normal(0.8), ctx=contexts)
    return net


def slow_losses(cell: str, corpus: Text, batch_size: int, w: dict[str, numpy.ndarray]) -> list[float]:
    """Every word's -log p, column by column, one word at a time."""
    ids = corpus.ids("test").tolist()
    n, more = divmod(len(ids), batch_size)
    found, start = [], 0
    for j in range(batch_size):
        count = 2 if cell == "lstm" else 1
        state = [numpy.zeros((1, 1, 3))] * 2 * count
        for place in range(start, start + n + (j < more)):
            before = ids[place - 1] if place else EOS
            loss, state = losses(cell, numpy.array([[before]]), numpy.array([[ids[place]]]), state, w)
            found.append(float(loss[0, 0]))
        start += n + (j < more)
    assert start == len(ids) == len(found)
    return found


@pytest.mark.parametrize("batch_size, bptt", [(1, 4), (3, 5), (4, 50), (6, 2), (23, 1)])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_perplexity_is_over_every_word(
    cell: str, batch_size: int, bptt: int, contexts: list[Context]
) -> None:
    net, corpus = make(cell, gs.FullSoftmax(V, 3), contexts), random_text(23, V)
    wanted = slow_losses(cell, corpus, batch_size, parameters_of(net, contexts[0]))
    for hybridize in (False, True):
        net.hybridize(hybridize)
        batches = gs.LanguageModelBatches(corpus, batch_size, bptt, "test")
        loss = held_out_loss(net, batches, contexts)
        assert loss == pytest.approx(sum(wanted) / 23, rel=1e-5)
        assert batches.produced == {"tokens": 23}
        assert perplexity(net, batches, contexts) == pytest.approx(math.exp(sum(wanted) / 23), rel=1e-5)
        assert perplexity_figures(net, batches, contexts) == {"loss": loss, "perplexity": math.exp(loss)}


def test_perplexity_under_negative_sampling_is_that_of_log_prob() -> None:
    net, corpus = make("gru", gs.NegativeSampling(numpy.arange(V, 0, -1), 3)), random_text(12, V)
    ids = numpy.concatenate([[EOS], corpus.ids("test")])
    log_prob = net.log_prob(np.array(ids[:-1, None], dtype="int32"))[0].asnumpy()[:, 0]
    wanted = math.exp(-log_prob[numpy.arange(12), ids[1:]].mean())
    assert perplexity(net, gs.LanguageModelBatches(corpus, 1, 5, "test")) == pytest.approx(wanted, rel=1e-5)


def test_perplexity_of_losses() -> None:
    assert to_perplexity(math.log(10_000)) == pytest.approx(10_000)
    assert to_perplexity(1e6) == math.inf
    assert math.isnan(to_perplexity(math.nan))


def test_held_out_loss_is_the_mean_over_all_positions(contexts: list[Context]) -> None:
    net = make_net()
    valid = pairs(16, held_out=True)
    history = quiet(net, pairs(), 1, 0.1, device=contexts, valid=valid)
    embed, output = (weight.astype(numpy.float64) for weight in weights(net))
    center, context = (numpy.concatenate(column) for column in zip(*valid.epoch(0)))
    noise = net.output_layer.noise_words(context, 0)
    right = numpy.einsum("bd,bd->b", embed[center], output[context])
    wrong = numpy.einsum("bd,bkd->bk", embed[center], output[noise])
    wanted = (softplus(-right) + softplus(wrong).sum(axis=1)).mean()
    assert abs(history[0]["valid_loss"] - wanted) < 1e-5 * wanted
    assert held_out_loss(net, valid, contexts) == history[0]["valid_loss"]
    assert abs(held_out_loss(net, list(valid.epoch(0)), contexts) - wanted) < 1e-5 * wanted
    assert numpy.isnan(held_out_loss(net, [], contexts))
