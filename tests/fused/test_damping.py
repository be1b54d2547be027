"""A text of few words trains; factors are what they say; a step's changes are multiplied by them."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest
from oracles.blocks import CORPUS as WORDY
from oracles.blocks import B, W, set_tables, tables
from oracles.reference import TinyCorpus

import gluon_softmax as gs
from gluon_softmax.backend import mx
from gluon_softmax.fused import hierarchical_sgd, negative_sampling_sgd
from gluon_softmax.fused.damping import center_shares, changes_met, pairs_per_step, row_damping
from gluon_softmax.output_layers.base import OutputLayer

NEGATIVE_SAMPLING, HIERARCHICAL = "negative sampling", "hierarchical"
LAYERS = [NEGATIVE_SAMPLING, HIERARCHICAL]
RATES = {NEGATIVE_SAMPLING: 0.04, HIERARCHICAL: 0.03}  # the command line's


class Splits(TinyCorpus):
    """A text with another one to hold out."""

    def __init__(self, train: numpy.ndarray, valid: numpy.ndarray, vocab_size: int) -> None:
        super().__init__(train.tolist(), vocab_size)
        self._valid = TinyCorpus(valid.tolist(), vocab_size)

    def ids(self, split: str) -> numpy.ndarray:
        return self._ids if split == "train" else self._valid.ids(split)

    def offsets(self, split: str) -> numpy.ndarray:
        return self._offsets if split == "train" else self._valid.offsets(split)


def few_words(num_words: int, exponent: float, lines: int, most_frequent: float = 0.0) -> Splits:
    """Words by Zipf's law with an exponent, 12 a line; word 1 in place of a share of them."""
    rng = numpy.random.default_rng(num_words)
    p = 1 / numpy.arange(1.0, num_words + 1) ** exponent
    ids = 1 + rng.choice(num_words, (lines + 40, 12), p=p / p.sum())
    ids[rng.random(ids.shape) < most_frequent] = 1
    return Splits(ids[:lines], ids[lines:], num_words + 1)


TEXTS: dict[str, Splits] = {
    "41 words by Zipf's law, exponent 1.5": few_words(41, 1.5, 300),
    "five words": few_words(5, 0.5, 400),
    "one word of 200 is more than half of the text": few_words(200, 1.0, 400, most_frequent=0.6),
}


def layer_of(kind: str, corpus: TinyCorpus, width: int) -> OutputLayer:
    counts = numpy.maximum(corpus.counts, 1)
    if kind == HIERARCHICAL:
        return gs.HierarchicalSoftmax(counts, width)
    return gs.NegativeSampling(counts, width)


def held_out(kind: str, corpus: TinyCorpus, batches: Any, lr: float, optimizer: str) -> list[float]:
    net = gs.SkipGram(len(corpus.counts), 100, layer_of(kind, corpus, 100))
    valid = gs.SkipGramPairs(corpus, 4096, split="valid", held_out=True, subsampling="none")
    history = gs.train(
        net, batches, 3, lr, optimizer, schedule="linear", progress="none", valid=valid, seed=1
    )
    return [metrics["valid_loss"] for metrics in history]


@pytest.mark.parametrize("text", list(TEXTS))
@pytest.mark.parametrize("kind", LAYERS)
def test_a_text_of_few_words_without_subsampling_trains_about_as_well_as_by_pairs(
    kind: str, text: str
) -> None:
    corpus = TEXTS[text]
    pairs = gs.SkipGramPairs(corpus, 4096, subsampling="none")
    by_pairs = held_out(kind, corpus, pairs, 0.005, "adam")[-1]
    noise, batch_size = (0, 1408) if kind == HIERARCHICAL else (5, 512)
    for times in (1, 2, 5):
        blocks = gs.SkipGramBlocks(corpus, batch_size, 5, noise, subsampling="none")
        by_blocks = held_out(kind, corpus, blocks, times * RATES[kind], "sgd")[-1]
        assert by_blocks < by_pairs + 0.15, f"{times} times the rate: {by_blocks}, by pairs {by_pairs}"


def expected_changes(kind: str, batches: gs.SkipGramBlocks, net: gs.SkipGram) -> list[numpy.ndarray]:
    """How often each row is changed in a step, word by word and node by node."""
    pairs, kept, noise = pairs_per_step(batches), batches.kept_counts, batches.num_noise_words
    of_words = pairs * kept / kept.sum()
    if kind == HIERARCHICAL:
        tree = net.output_layer.tree
        of_nodes = numpy.zeros(len(tree) - 1)
        for word, points in enumerate(tree.points):
            of_nodes[points] += of_words[word]
        return [of_words, of_nodes]
    return [(1 + noise) * of_words, of_words + noise * pairs * batches.noise_prob]


@pytest.mark.parametrize("kind", LAYERS)
def test_the_changes_of_a_row_are_those_of_a_step_without_damping_times_its_factor(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hierarchical_sgd, "_MAX_CHANGES", 20)
    noise = 0 if kind == HIERARCHICAL else 5
    batches = gs.SkipGramBlocks(WORDY, 400, W, noise, block_size=B, subsampling="none")  # one step
    net = gs.SkipGram(len(WORDY.counts), 6, layer_of(kind, WORDY, 6))
    net.initialize(mx.init.Uniform(0.8))
    start, moved = tables(net), []
    for lr in (0.0, 0.1):
        steps = net.in_place_sgd(batches, mx.cpu(), lr)
        assert sum(step.num_pairs > 0 for step in steps.epoch(batches.epoch(0), lambda _: 0.01)) == 1
        moved.append([after - before for after, before in zip(tables(net), start)])
        set_tables(net, start)
    changes = expected_changes(kind, batches, net)
    most_met = {NEGATIVE_SAMPLING: negative_sampling_sgd, HIERARCHICAL: hierarchical_sgd}[kind]
    most = 20 if kind == HIERARCHICAL else math.inf
    damping = row_damping(changes[0], changes[1], most_met._MAX_CHANGES_MET / 0.1, most)
    whole = row_damping(changes[0], changes[1], math.inf, most)
    for without, found, factors, before in zip(*moved, damping, whole):
        assert factors.min() < 0.5 and abs(found).max() > 0.001
        numpy.testing.assert_allclose(found, without * (factors / before)[:, None], atol=1e-6)


def test_a_pair_meets_as_many_changes_as_it_may() -> None:
    rng = numpy.random.default_rng(0)
    for size in (3, 40, 500):
        first, second = rng.pareto(1.0, size), 5 * rng.pareto(1.0, size + 2)
        met = changes_met(first, second)
        means = [(x * x).sum() / x.sum() for x in (first, second)]
        assert met == pytest.approx(math.sqrt(means[0] * means[1]))
        for share in (0.9, 0.5, 0.05):
            of_first, of_second = row_damping(first, second, share * met)
            left = [(x * x * f).sum() / x.sum() for x, f in ((first, of_first), (second, of_second))]
            assert math.sqrt(left[0] * left[1]) == pytest.approx(share * met, rel=1e-6)
            most = max((first * of_first).max(), (second * of_second).max())
            for x, factors in ((first, of_first), (second, of_second)):
                numpy.testing.assert_allclose(factors, numpy.minimum(1, most / x), rtol=1e-6)
        for limit in (met * 1.001, math.inf):
            assert all((factors == 1).all() for factors in row_damping(first, second, limit))


def test_rows_of_which_nothing_is_expected_have_the_factor_1() -> None:
    zero = numpy.zeros(3)
    for first, second in ((zero, zero), (zero, numpy.array([9.0, 0.0])), (numpy.array([9.0, 0.0]), zero)):
        for factors, changes in zip(row_damping(first, second, 1.0, 4.0), (first, second)):
            assert (factors[changes == 0] == 1).all()


@pytest.mark.parametrize("kind", LAYERS)
def test_at_the_defaults_of_mini_ptb_nothing_is_damped(kind: str) -> None:
    corpus = gs.load_corpus("mini_ptb", min_freq=10)
    batches = gs.SkipGramBlocks(corpus, 256, num_noise_words=0 if kind == HIERARCHICAL else 5)
    net = gs.SkipGram(len(corpus.counts), 4, layer_of(kind, corpus, 4))
    net.initialize()
    steps = net.in_place_sgd(batches, mx.cpu(), 0.05)
    first, second = steps._row_damping
    assert (first == 1).all()
    assert (second == 1).all() or kind == HIERARCHICAL  # its root has always been
    assert center_shares(batches).sum() == pytest.approx(1)
