"""A bias that starts at the logarithm of each word's share of the text: the first model is the unigram's.

From zero, a layer that samples takes long to lower the scores of words that it seldom draws.
"""

from __future__ import annotations

import numpy

from ..backend import init
from ..utils.types import Initializer

_MIN_COUNT = 0.5  # stands for 0, so that the logarithm of a word never seen is finite


def unigram_bias(counts: numpy.ndarray, column: bool = False, shift: float = 0.0) -> Initializer:
    """An initializer for a bias (V,), or (V, 1) where `column`: log(count / total) + `shift`, in nats."""
    bias = numpy.log(numpy.maximum(counts, _MIN_COUNT) / numpy.sum(counts)) + shift
    return init.Constant(bias.astype(numpy.float32).reshape((-1, 1) if column else (-1,)))
