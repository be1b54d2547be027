"""Words that the training text lacks: half an occurrence in `log_prob`, so that a perplexity is finite."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import np
from gluon_softmax.output_layers.unseen_words import smoothed_counts, smoothed_log_noise

COUNTS = numpy.array([0, 6, 3, 0, 1])
HIDDEN = np.ones((2, 4))


def test_zeros_become_half_an_occurrence_and_nothing_else_changes() -> None:
    assert smoothed_counts(COUNTS).tolist() == [0.5, 6, 3, 0.5, 1]
    assert smoothed_counts(numpy.array([0.0, 0.5, 0.2])).tolist() == [0.1, 0.5, 0.2]  # shares of a text
    assert COUNTS.tolist() == [0, 6, 3, 0, 1]


@pytest.mark.parametrize("power", [0.75, 1.0, 0.0, -1.0])
def test_the_noise_of_an_unseen_word_is_that_of_half_an_occurrence(power: float) -> None:
    noise = gs.UnigramSampler(COUNTS, power).prob(numpy.arange(5))
    wanted = numpy.array([0.5, 6, 3, 0.5, 1]) ** power / (numpy.array([6.0, 3, 1]) ** power).sum()
    log_noise = smoothed_log_noise(noise, COUNTS, power, frozenset())
    numpy.testing.assert_allclose(numpy.exp(log_noise), wanted)
    excluded = smoothed_log_noise(noise, COUNTS, power, frozenset([3]))
    assert excluded[3] == -numpy.inf and numpy.isfinite(excluded[[0, 1, 2, 4]]).all()


LAYERS = {
    "negative sampling": lambda **k: gs.NegativeSampling(COUNTS, 4, **k),
    "nce": lambda **k: gs.NCE(COUNTS, 4, 2, **k),
    "nce without log Q": lambda **k: gs.NCE(COUNTS, 4, 2, power=0.75, subtract_log_q=False, **k),
    "nce with log Z": lambda **k: gs.NCE(COUNTS, 4, 2, log_partition=2.0, **k),
    "nce with its own sampler": lambda **k: gs.NCE(COUNTS, 4, 2, sampler=gs.UnigramSampler(COUNTS), **k),
}


@pytest.mark.parametrize("name", LAYERS)
def test_where_nothing_was_learned_an_unseen_word_has_the_share_of_half_an_occurrence(name: str) -> None:
    layer = LAYERS[name](weight_initializer="zeros")
    layer.initialize()
    power = 0.75 if name in ("negative sampling", "nce without log Q") else 1.0
    share = numpy.array([0.5, 6, 3, 0.5, 1]) ** power
    if name == "nce without log Q":  # its scores start at the unigram, and the noise comes on top
        share = share * numpy.array([0.5, 6, 3, 0.5, 1])
    numpy.testing.assert_allclose(
        numpy.exp(layer.log_prob(HIDDEN).asnumpy()), [share / share.sum()] * 2, rtol=1e-5
    )


def test_without_a_bias_of_the_unigram_unseen_words_have_its_score() -> None:
    seen, total = [1, 2, 4], 10
    for kwargs in ({"use_bias": False}, {"bias_initializer": "zeros"}):
        layer = gs.NCE(COUNTS, 4, 2, log_partition=1.5, weight_initializer="zeros", **kwargs)
        layer.initialize()
        scores = numpy.zeros(5)
        scores[[0, 3]] = numpy.log(0.5 / total) + 1.5
        log_prob = scores - numpy.log(numpy.exp(scores).sum())
        numpy.testing.assert_allclose(layer.log_prob(HIDDEN).asnumpy()[0], log_prob, rtol=1e-5)
        assert (layer.log_prob(HIDDEN).asnumpy()[0][seen] > log_prob[0]).all()


@pytest.mark.parametrize("name", LAYERS)
def test_an_excluded_word_keeps_probability_zero(name: str) -> None:
    layer = LAYERS[name]()
    layer.exclude([0])
    layer.initialize()
    probability = numpy.exp(layer.log_prob(HIDDEN).asnumpy())
    assert (probability[:, 0] == 0).all() and (probability[:, 1:] > 0).all()
    numpy.testing.assert_allclose(probability.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("make", [
    lambda counts: gs.NegativeSampling(counts, 8), lambda counts: gs.NCE(counts, 8, 2),
])  # fmt: skip
def test_the_perplexity_of_a_text_with_a_word_that_training_lacks_is_finite(make: Any) -> None:
    counts = numpy.array([0, 2, 2, 2, 2])  # <unk>, <eos>, a, b, c: every word of training is known
    net = gs.LanguageModel(5, 8, 8, make(counts))
    train = [(numpy.array([[1], [2], [3]]), numpy.array([[2], [3], [4]]))]
    net.initialize()
    held_out = [tuple(array.astype(numpy.int32) for array in batch) for batch in train]
    held_out[0][1][2, 0] = 0  # the unseen word
    perplexity = gs.perplexity(net, held_out)
    assert 1 < perplexity < 40
