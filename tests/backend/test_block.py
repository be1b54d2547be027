"""A block that stands alone saves and loads, on any context, and says what does not fit."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from oracles.every_layer import COUNTS, EVERY_LAYER

import gluon_softmax as gs
from gluon_softmax.backend import mx, np

MAKE = {
    "embedding": lambda: gs.Embedding(10, 8),
    "sparse embedding": lambda: gs.Embedding(10, 8, sparse_grad=True),
    **EVERY_LAYER,
}


@pytest.mark.parametrize("name", MAKE)
def test_a_lone_block_saves_and_loads(name: str, tmp_path: Path) -> None:
    block, other = MAKE[name](), MAKE[name]()
    block.initialize(ctx=mx.cpu(1))
    block.save_parameters(str(tmp_path / "block.params"))
    other.load_parameters(str(tmp_path / "block.params"), ctx=[mx.cpu(0), mx.cpu(1)])
    saved, loaded = block._collect_params_with_prefix(), other._collect_params_with_prefix()
    assert set(saved) == set(loaded)
    for key, parameter in saved.items():
        for copy in loaded[key].list_data():
            numpy.testing.assert_array_equal(copy.asnumpy(), parameter.data(mx.cpu(1)).asnumpy())


def test_a_file_of_another_block_is_refused(tmp_path: Path) -> None:
    block = gs.FullSoftmax(10, 8)
    block.initialize()
    block.save_parameters(str(tmp_path / "full.params"))
    with pytest.raises(ValueError, match=r"weight.*bias, weight"):
        gs.NegativeSampling(COUNTS, 8).load_parameters(str(tmp_path / "full.params"))
    other = gs.NegativeSampling(COUNTS, 8)
    other.load_parameters(str(tmp_path / "full.params"), ignore_extra=True)
    numpy.testing.assert_array_equal(other.weight.data().asnumpy(), block.weight.data().asnumpy())


def test_nce_begins_as_the_unigram() -> None:
    layer = gs.NCE(COUNTS, 8, 3, log_partition=1.5)
    layer.initialize()
    log_prob = layer.log_prob(np.zeros((1, 8))).asnumpy()[0]
    numpy.testing.assert_allclose(numpy.exp(log_prob), numpy.array(COUNTS) / sum(COUNTS), atol=1e-6)
    scores = layer.bias.data().asnumpy()[:, 0] - 1.5  # normalised before any training
    numpy.testing.assert_allclose(numpy.exp(scores).sum(), 1, atol=1e-6)


def test_sampled_softmax_that_knows_the_counts_begins_as_the_unigram() -> None:
    layer = gs.SampledSoftmax(10, 8, 3, counts=COUNTS)
    layer.initialize()
    log_prob = layer.log_prob(np.zeros((1, 8))).asnumpy()[0]
    numpy.testing.assert_allclose(numpy.exp(log_prob), numpy.array(COUNTS) / sum(COUNTS), atol=1e-6)
    unknowing = gs.SampledSoftmax(10, 8, 3)
    unknowing.initialize()
    numpy.testing.assert_array_equal(unknowing.bias.data().asnumpy(), numpy.zeros((10, 1)))


def test_a_word_never_seen_begins_with_a_finite_bias() -> None:
    layer = gs.NCE([0, 6, 2], 4, 2)
    layer.initialize()
    numpy.testing.assert_allclose(
        layer.bias.data().asnumpy()[:, 0], numpy.log([0.5 / 8, 6 / 8, 2 / 8]), rtol=1e-6
    )
