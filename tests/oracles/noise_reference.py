"""A layer of negative sampling over nine words and its loss by a loop over noise words."""

from __future__ import annotations

from typing import Any

import numpy

from gluon_softmax import NegativeSampling
from gluon_softmax.backend import mx

V, D, K = 9, 5, 3
COUNTS = numpy.array([40, 7, 0, 25, 3, 12, 1, 9, 30])
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=8).astype(numpy.float32)
TARGET = numpy.array(
    [1, 3, 3, 8, 5, 2, 0, 4], dtype=numpy.int32
)  # 2 is never noise, and may still be a target


def make(
    contexts: Any = None, hybridize: bool = False, num_noise_words: int = K, **kwargs: Any
) -> NegativeSampling:
    mx.random.seed(7)
    layer = NegativeSampling(COUNTS, D, num_noise_words, **kwargs)
    layer.initialize(mx.init.Normal(1.0), ctx=contexts)
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def noise_of(layer: NegativeSampling, target: numpy.ndarray, seed: int = 0) -> numpy.ndarray:
    """The noise that `resample` has fixed, (N, K), or that of the draw `seed`."""
    return layer.noise_words(target, seed if layer._seed is None else layer._seed)


def slow_loss(hidden: Any, weight: Any, target: Any, noise: Any) -> numpy.ndarray:
    """Equation 4 of Mikolov et al. 2013, one position and one noise word at a time."""
    losses = []
    for h, right, words in zip(hidden, target, noise):
        loss = -numpy.log(1 / (1 + numpy.exp(-weight[right] @ h)))
        for word in words:
            loss -= numpy.log(1 / (1 + numpy.exp(weight[word] @ h)))
        losses.append(loss)
    return numpy.array(losses)
