"""Columns of a text: every word is predicted once, from the word before it, and the state is carried on."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.recurrent_reference import Text, losses, parameters_of

import gluon_softmax as gs
from gluon_softmax.backend import init, mx, np
from gluon_softmax.training.carried_state import CarriedState
from gluon_softmax.training.evaluation import held_out_loss, perplexity, perplexity_figures, to_perplexity

V, EOS = 9, 1


def text(num_words: int, seed: int = 0) -> Text:
    words = numpy.random.default_rng(seed).integers(2, V, num_words)
    words[4::5] = EOS
    words[-1] = EOS
    return Text([words.tolist()], V)


def columns_of(batches: Any) -> list[list[tuple[int, int]]]:
    """(input, target) of each column, put together again over the batches."""
    columns: list[list[tuple[int, int]]] = [[] for _ in range(batches.batch_size)]
    for batch in batches.epoch(0):
        assert batch.batch_axis == 1 and batch.inputs.shape == batch.targets.shape
        assert batch.inputs.dtype == batch.targets.dtype == numpy.int32
        for j in range(batch.inputs.shape[1]):
            columns[j] += zip(batch.inputs[:, j].tolist(), batch.targets[:, j].tolist())
    return columns


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 7), st.integers(1, 9))
def test_every_word_is_predicted_once_from_the_word_before_it(n: int, batch_size: int, bptt: int) -> None:
    batch_size = min(batch_size, n)
    corpus = text(n)
    batches = gs.LanguageModelBatches(corpus, batch_size, bptt, "valid")
    words = [EOS, *corpus.ids("valid").tolist()]
    read = columns_of(batches)
    assert [pair for column in read for pair in column] == list(zip(words[:-1], words[1:]))
    lengths = [len(column) for column in read]
    assert max(lengths) - min(lengths) <= 1 and lengths == sorted(lengths, reverse=True)
    assert batches.produced == {"tokens": n} and batches.expected_positions == n
    sizes = [batch.inputs.shape for batch in batches.epoch(1)]
    assert all(size == (bptt, batch_size) for size in sizes[: n // batch_size // bptt])
    assert all(size[0] <= bptt for size in sizes) and len(sizes) <= n // batch_size // bptt + 2


def test_a_remainder_can_be_dropped() -> None:
    corpus = text(23)
    batches = gs.LanguageModelBatches(corpus, 4, 3, drop_remainder=True)
    assert [batch.inputs.shape for batch in batches] == [(3, 4), (2, 4)]
    assert batches.produced == {"tokens": 20} and batches.expected_positions == 20
    words = corpus.ids("train").tolist()
    assert [[target for _, target in column] for column in columns_of(batches)] == [
        words[0:5],
        words[5:10],
        words[10:15],
        words[15:20],
    ]


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"^batch_size takes at most the 5 words of test; got 6"):
        gs.LanguageModelBatches(text(5), 6, 3, "test")
    with pytest.raises(ValueError, match=r"^bptt takes an integer of at least 1, got 0"):
        gs.LanguageModelBatches(text(5), 2, 0)
    corpus = text(5)
    corpus.eos = False
    with pytest.raises(ValueError, match=r"^corpus takes a text with sentence ends"):
        gs.LanguageModelBatches(corpus, 2, 3)


# Perplexity


def make(cell: str, layer: Any, contexts: Any = None) -> Any:
    net = gs.LanguageModel(V, 4, 3, layer, cell=cell, num_layers=2, dropout=0.5)
    mx.random.seed(1)
    net.initialize(init.Normal(0.8), ctx=contexts)
    return net


def slow_losses(cell: str, corpus: Text, batch_size: int, w: Any) -> list[float]:
    """Every word's -log p, column by column, a word at a time."""
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
def test_perplexity_is_over_every_word(cell: str, batch_size: int, bptt: int, contexts: Any) -> None:
    net, corpus = make(cell, gs.FullSoftmax(V, 3), contexts), text(23)
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
    net, corpus = make("gru", gs.NegativeSampling(numpy.arange(V, 0, -1), 3)), text(12)
    ids = numpy.concatenate([[EOS], corpus.ids("test")])
    log_prob = net.log_prob(np.array(ids[:-1, None], dtype="int32"))[0].asnumpy()[:, 0]
    wanted = math.exp(-log_prob[numpy.arange(12), ids[1:]].mean())
    assert perplexity(net, gs.LanguageModelBatches(corpus, 1, 5, "test")) == pytest.approx(wanted, rel=1e-5)


def test_perplexity_of_losses() -> None:
    assert to_perplexity(math.log(10_000)) == pytest.approx(10_000)
    assert to_perplexity(1e6) == math.inf
    assert math.isnan(to_perplexity(math.nan))


def test_a_state_does_not_grow() -> None:
    carried = CarriedState(make("gru", gs.FullSoftmax(V, 3)))
    narrow, wide = np.ones((2, 2), dtype="int32"), np.ones((2, 3), dtype="int32")
    carried([(narrow, narrow)])
    with pytest.raises(ValueError, match=r"^batches takes at most the 2 columns it began with; got 3"):
        carried([(wide, wide)])
