"""Vectors from a file become the first rows of an embedding, and of nothing else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import init
from gluon_softmax.utils.types import Context

WORDS = ["<unk>", "the", "chip", "bank", "oil"]
VOCAB = SimpleNamespace(idx_to_token=WORDS)
MATRIX = numpy.random.default_rng(0).normal(size=(3, 4)).astype("float32")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    gs.WordVectors(["oil", "computer", "chip"], MATRIX).save(tmp_path / "vec.txt")
    return tmp_path / "vec.txt"


def test_a_binary_file_begins_as_a_text_does(path: Path, tmp_path: Path) -> None:
    gs.WordVectors.load(path).save(tmp_path / "vec.bin", binary=True)
    tables = []
    for file in (path, tmp_path / "vec.bin"):
        net = gs.Embedding(5, 4)
        net.initialize(init.Zero())
        assert gs.load_vectors(net, VOCAB, file) == 2
        tables.append(net.weight.data().asnumpy())
    numpy.testing.assert_array_equal(tables[0], tables[1])
    numpy.testing.assert_array_equal(tables[0][2], MATRIX[2])


def nets() -> list[Any]:
    counts = numpy.arange(5, 0, -1)
    tied = gs.LanguageModel(5, 4, 4, gs.SampledSoftmax(5, 4, 2), tie_weights=True)
    return [gs.SkipGram(5, 4, gs.NegativeSampling(counts, 4)), gs.Embedding(5, 4, sparse_grad=True), tied]


@pytest.mark.parametrize("which", range(3))
def test_known_words_begin_with_their_vector(which: int, path: Path, contexts: list[Context]) -> None:
    net = nets()[which]
    net.initialize(init.Normal(1), ctx=contexts)
    table = net.weight if isinstance(net, gs.Embedding) else net.embed.weight
    before = {p.name: p.data(contexts[0]).asnumpy() for p in net.collect_params().values()}
    assert gs.load_vectors(net, VOCAB, path) == 2
    for ctx in contexts:
        rows = table.data(ctx).asnumpy()
        numpy.testing.assert_array_equal(rows[[2, 4]], MATRIX[[2, 0]])
        numpy.testing.assert_array_equal(rows[[0, 1, 3]], before[table.name][[0, 1, 3]])
        for parameter in net.collect_params().values():
            if parameter is not table:
                numpy.testing.assert_array_equal(parameter.data(ctx).asnumpy(), before[parameter.name])


def test_what_does_not_fit_is_named(path: Path) -> None:
    net = gs.Embedding(5, 3)
    net.initialize()
    with pytest.raises(ValueError, match=r"^vectors takes vectors of 3 numbers, the embed_size; .* has 4"):
        gs.load_vectors(net, VOCAB, path)
    net = gs.Embedding(2, 4)
    net.initialize()
    with pytest.raises(ValueError, match=r"^vectors takes a file that shares a word"):
        gs.load_vectors(net, SimpleNamespace(idx_to_token=["a", "b"]), path)
    layer = gs.AdaptiveSoftmax(5, 4, [2])
    net = gs.LanguageModel(5, 4, 4, layer, tie_weights=True)
    net.initialize()
    with pytest.raises(TypeError, match=r"^net takes an embed of one table; got AdaptiveEmbedding"):
        gs.load_vectors(net, VOCAB, path)
