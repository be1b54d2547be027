"""A held-out loss and a perplexity where a word has no probability, and of which nets they are asked."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest
from oracles.every_layer import COUNTS

import gluon_softmax as gs
from gluon_softmax.backend import np
from gluon_softmax.training.evaluation import held_out_loss, perplexity, perplexity_figures

PAIRS = [(numpy.array([1, 2], dtype=numpy.int32), numpy.array([3, 4], dtype=numpy.int32))]


class Losses:
    """A net whose losses are its inputs."""

    def __call__(self, losses: Any) -> Any:
        return losses


@pytest.mark.parametrize("losses, wanted", [
    ([1.0, math.inf, 2.0], math.inf), ([1.0, 2.0, 6.0], 3.0), ([1.0, math.nan, 2.0], math.nan),
])  # fmt: skip
def test_one_infinite_loss_makes_an_infinite_mean(losses: list[float], wanted: float) -> None:
    batches = [(numpy.array([part], dtype=numpy.float32),) for part in losses]
    whole = [(numpy.array(losses, dtype=numpy.float32),)]
    for held_out in (batches, whole):
        assert held_out_loss(Losses(), held_out) == pytest.approx(wanted, nan_ok=True)
        assert perplexity(Losses(), held_out) == pytest.approx(math.exp(wanted), nan_ok=True)


def test_a_word_that_is_excluded_gives_an_infinite_perplexity_and_not_nan() -> None:
    layer = gs.NegativeSampling(COUNTS, 6)
    layer.exclude([3])
    net = gs.LanguageModel(10, 6, 6, layer)
    net.initialize()
    assert perplexity(net, [(PAIRS[0][0][:, None], PAIRS[0][1][:, None])]) == math.inf


@pytest.mark.parametrize("layer", [
    lambda: gs.NegativeSampling(COUNTS, 6), lambda: gs.NCE(COUNTS, 6, 3),
])  # fmt: skip
@pytest.mark.parametrize("model", [gs.SkipGram, gs.CBOW])
def test_a_loss_that_is_no_cross_entropy_has_no_perplexity(model: Any, layer: Any) -> None:
    net = model(10, 6, layer())
    net.initialize()
    for ask in (perplexity, perplexity_figures):
        with pytest.raises(TypeError, match=r"^perplexity takes a net whose held-out loss is -log p\(word\)"):
            ask(net, PAIRS)
    if model is gs.SkipGram:
        assert held_out_loss(net, PAIRS) > 0


def test_a_skip_gram_over_a_cross_entropy_has_one() -> None:
    net = gs.SkipGram(10, 6, gs.FullSoftmax(10, 6, weight_initializer="zeros"))
    net.initialize()
    assert perplexity(net, PAIRS) == pytest.approx(10, rel=1e-5)
    assert np.isfinite(np.array(perplexity_figures(net, PAIRS)["loss"]))
