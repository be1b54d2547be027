"""Blocks of a small text, read word by word, for the tests of the fast steps."""

from __future__ import annotations

from typing import Any

import numpy

from gluon_softmax.backend import np
from oracles.reference import TinyCorpus

V, D, W, B = 23, 6, 3, 4


def make_corpus(num_sentences: int = 30, seed: int = 0) -> TinyCorpus:
    rng = numpy.random.default_rng(seed)
    p = 1 / numpy.arange(1.0, V + 1)
    return TinyCorpus([rng.choice(V, rng.integers(1, 12), p=p / p.sum()) for _ in range(num_sentences)], V)


CORPUS = make_corpus()


def tables(net: Any) -> list[numpy.ndarray]:
    return [p.list_data()[0].asnumpy().copy() for p in (net.embed.weight, net.output_layer.weight)]


def set_tables(net: Any, values: list[numpy.ndarray]) -> Any:
    for block, table in zip((net.embed, net.output_layer), values):
        block.weight.set_data(np.array(table))
    return net


def pairs_of(batch: Any) -> list[tuple[int, int, list[int]]]:
    """(centre, context word, the block's noise words) of a batch, read word by word."""
    found = []
    for words, left, right in zip(batch.words.tolist(), batch.left, batch.right):
        for i in range(left.size):
            near = [*range(W + i - left[i], W + i), *range(W + i + 1, W + i + 1 + right[i])]
            found += [(words[W + i], words[j], words[left.size + 2 * W :]) for j in near]
    return found
