"""The bias of the unigram: its values, shapes, and words that were never seen."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax import FullSoftmax
from gluon_softmax.backend import gluon, np
from gluon_softmax.output_layers.unigram_bias import unigram_bias

COUNTS = numpy.array([0, 6, 2, 8])
LOGS = numpy.log([0.5 / 16, 6 / 16, 2 / 16, 8 / 16])  # a word never seen counts as half a word


@pytest.mark.parametrize("column", [False, True])
@pytest.mark.parametrize("shift", [0.0, 1.5])
def test_values_are_the_logarithms_of_shares(column: bool, shift: float, contexts: Any) -> None:
    shape = (4, 1) if column else (4,)
    bias = gluon.Parameter("bias", shape=shape, init=unigram_bias(COUNTS, column, shift))
    bias.initialize(ctx=contexts)
    for data in bias.list_data():
        assert data.shape == shape and data.dtype == numpy.float32
        numpy.testing.assert_allclose(data.asnumpy().reshape(-1), LOGS + shift, rtol=1e-6)


def test_a_layer_with_it_and_no_weights_is_the_unigram() -> None:
    counts = numpy.array([3, 6, 2, 8])
    layer = FullSoftmax(4, 5, weight_initializer="zeros", bias_initializer=unigram_bias(counts))
    layer.initialize()
    probability = numpy.exp(layer.log_prob(np.ones((1, 5))).asnumpy())
    numpy.testing.assert_allclose(probability[0], counts / counts.sum(), rtol=1e-5)
