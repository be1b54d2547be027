"""MXNet's arrays wherever counts, cutoffs or codes are taken: as NumPy's, and as fast."""

from __future__ import annotations

import time
from typing import Any, Callable

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import mx, np
from gluon_softmax.output_layers.unigram_bias import unigram_bias

COUNTS = [9, 30, 20, 10, 6, 5, 4, 3, 2, 1]
MAKE: dict[str, Callable[[Any], Any]] = {
    "negative sampling": lambda counts: gs.NegativeSampling(counts, 8),
    "nce": lambda counts: gs.NCE(counts, 8, 3),
    "hierarchical": lambda counts: gs.HierarchicalSoftmax(counts, 8),
    "sampled": lambda counts: gs.SampledSoftmax(10, 8, 3, counts=counts),
    "adaptive": lambda counts: gs.AdaptiveSoftmax(10, 8, [4], counts=counts),
    "unigram sampler": lambda counts: gs.UnigramSampler(counts),
    "Huffman": lambda counts: gs.build_huffman(counts),
    "optimal cutoffs": lambda counts: gs.optimal_cutoffs(counts, 2),
    "bias": lambda counts: gs.FullSoftmax(10, 8, bias_initializer=unigram_bias(counts)),
}
ARRAYS = {
    "mx.np": np.array(COUNTS),
    "mx.np, int64": np.array(COUNTS, dtype="int64"),
    "mx.nd": mx.nd.array(COUNTS),
}


@pytest.mark.parametrize("kind", ARRAYS)
@pytest.mark.parametrize("name", MAKE)
def test_counts_are_taken_from_mxnet_arrays(name: str, kind: str) -> None:
    assert repr(MAKE[name](ARRAYS[kind])) == repr(MAKE[name](COUNTS))


def test_counts_of_a_large_vocabulary_are_read_back_at_once() -> None:
    counts = np.ones(100_000)
    start = time.perf_counter()
    gs.NegativeSampling(counts, 4)
    assert time.perf_counter() - start < 1  # number by number it takes 4 s


@pytest.mark.parametrize("kind", [np.array, mx.nd.array, numpy.array])
def test_cutoffs_codes_excluded_and_asked_ids_are_taken_from_arrays(kind: Callable[..., Any]) -> None:
    assert gs.AdaptiveSoftmax(10, 8, kind([4, 7]), div_value=2.0).cutoffs == (4, 7)
    assert gs.AdaptiveEmbedding(10, 8, kind([4, 7]), div_value=2.0).cutoffs == (4, 7)
    tree = gs.BinaryTree([kind([0]), kind([1, 0]), kind([1, 1])], [kind([1]), kind([1, 0]), kind([1, 0])])
    assert [code.tolist() for code in tree.codes] == [[0], [1, 0], [1, 1]]
    ids = kind([0, 3], dtype="int32")
    layer = gs.NegativeSampling(COUNTS, 8)
    layer.exclude(ids)
    sampler = gs.UnigramSampler(COUNTS, exclude=ids)
    assert sampler.prob(ids).tolist() == [0, 0] == layer._sampler.prob(ids).tolist()


@pytest.mark.parametrize("cutoffs", [np.array([4.5, 7]), np.array([7, 4]), np.array([[4, 7]]), np.array(4)])
def test_cutoffs_that_are_none_are_named(cutoffs: Any) -> None:
    with pytest.raises(ValueError, match=r"^cutoffs takes at least one integer"):
        gs.AdaptiveSoftmax(10, 8, cutoffs, div_value=2.0)


def test_integers_of_numpy_are_taken_where_an_integer_is() -> None:
    n = numpy.int64
    layer = gs.NCE(COUNTS, n(8), n(3))
    assert gs.SkipGram(n(10), n(8), layer).embed.weight.shape == (10, 8)
    net = gs.LanguageModel(n(10), n(8), n(8), gs.FullSoftmax(n(10), n(8)), num_layers=n(2))
    assert net.begin_state(n(2))[0].shape == (1, 2, 8)
    assert gs.UniformSampler(n(10)).sample(n(3), rng=n(0)).shape == (3,)
    assert len(gs.balanced_tree(n(10))) == 10
    assert gs.HierarchicalSoftmax(COUNTS, 8).vocab_size == 10
