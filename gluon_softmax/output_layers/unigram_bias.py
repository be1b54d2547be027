"""A bias that starts at the logarithm of each word's share of the text: the first model is the unigram's.

From zero, a layer that samples takes long to lower the scores of words that it seldom draws.
"""

from __future__ import annotations

import numpy

from ..backend import init
from ..utils.checks import on_host
from ..utils.types import Initializer, Numbers
from .unseen_words import smoothed_counts


def unigram_bias(counts: Numbers, column: bool = False, shift: float = 0.0) -> Initializer:
    """An initializer for a bias (V,), or (V, 1) where `column`: log(count / total) + `shift`, in nats.

    A word never seen counts as half an occurrence, see `smoothed_counts`.
    """
    counts = on_host(counts)
    bias = numpy.log(smoothed_counts(counts) / numpy.sum(counts)) + shift
    return init.Constant(bias.astype(numpy.float32).reshape((-1, 1) if column else (-1,)))
