"""A small text, nets and batches that train in a moment, for the tests of training."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import numpy

from gluon_softmax import CBOWBatches, NegativeSampling, SkipGram, SkipGramBatches, SkipGramPairs, train
from gluon_softmax.backend import gluon, nn
from gluon_softmax.utils.types import Array, Batch, Batches, Metrics
from oracles.reference import TinyCorpus

V, D = 13, 6

OPTIMIZERS = {"sgd": 2.0, "adam": 0.05, "adagrad": 0.2}

TIMES = ("train_s", "centers_per_s", "pairs_per_s")

X = [numpy.random.default_rng(i).normal(size=(n, 3)).astype(numpy.float32) for i, n in enumerate((7, 5, 1))]


def make_corpus() -> TinyCorpus:
    """Words 1 to 12 in couples: 1 is beside 2, 3 beside 4, and so on."""
    rng = numpy.random.default_rng(3)
    couples = [rng.permutation([2 * i + 1, 2 * i + 2]).tolist() for i in rng.integers(0, 6, 120)]
    return TinyCorpus([[*a, *b] if rng.random() < 0.1 else a for a, b in zip(couples[::2], couples[1::2])], V)


CORPUS = make_corpus()


def pairs(batch_size: int = 16, **kwargs: Any) -> SkipGramPairs:
    return SkipGramPairs(CORPUS, batch_size, 2, subsampling="none", **kwargs)


def book(batch_size: int = 16, **kwargs: Any) -> SkipGramBatches:
    return SkipGramBatches(CORPUS, batch_size, 2, 3, subsampling="none", **kwargs)


def cbow(batch_size: int = 16, **kwargs: Any) -> CBOWBatches:
    return CBOWBatches(CORPUS, batch_size, 2, subsampling="none", **kwargs)


MAKE: dict[str, Callable[..., Batches]] = {"pairs": pairs, "book": book, "cbow": cbow}


def make_net(sparse_grad: bool = False, kind: type = SkipGram) -> SkipGram:
    counts = numpy.maximum(CORPUS.counts, 1)
    net: SkipGram = kind(V, D, NegativeSampling(counts, D, 3, sparse_grad=sparse_grad), sparse_grad)
    return net


def weights(net: gluon.Block) -> list[numpy.ndarray]:
    """Every parameter, the same on all of its contexts."""
    found = []
    for parameter in net._collect_params_with_prefix().values():
        copies = [data.asnumpy() for data in parameter.list_data()]
        for copy in copies[1:]:
            numpy.testing.assert_array_equal(copy, copies[0])
        found.append(copies[0])
    return found


def quiet(net: gluon.Block, batches: Batches, *args: Any, **kwargs: Any) -> list[Metrics]:
    return train(net, batches, *args, progress="none", **kwargs)


class Fixed:
    """Batches by hand, the same in every epoch."""

    def __init__(self, batches: list[Batch], expected_positions: float) -> None:
        self.batches, self.expected_positions = batches, expected_positions
        self.produced = {"rows": 0}

    def epoch(self, _epoch: int) -> Iterator[Batch]:
        self.produced = {"rows": 0}
        for batch in self.batches:
            self.produced["rows"] += len(batch[0])
            yield batch


class Rows(gluon.Block):
    """Loss per position: Σ row² / 2 of a dense weight times an input."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.dense = nn.Dense(4, in_units=3, use_bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Array) -> Array:
        return (self.dropout(self.dense(x)) ** 2).sum(axis=1) / 2
