"""A bias that starts at the logarithm of each word's share of the text: the first model is the unigram's.

From zero, a layer that samples leaves words that are seldom drawn at the scores of likely ones for long.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..backend import init

_LEAST_COUNT = 0.5  # of a word never seen, so that its logarithm is finite


def unigram_bias(counts: numpy.ndarray, column: bool = False, shift: float = 0.0) -> Any:
    """An initializer for a bias (V,), or (V, 1) where `column`: log(count / total) + `shift`, in nats."""
    bias = numpy.log(numpy.maximum(counts, _LEAST_COUNT) / numpy.sum(counts)) + shift
    return init.Constant(bias.astype(numpy.float32).reshape((-1, 1) if column else (-1,)))
