"""Blocks of a small text, read word by word, for the tests of the fast steps."""

from __future__ import annotations

from typing import Any, Tuple

import numpy

from gluon_softmax import SkipGram
from gluon_softmax.backend import np
from gluon_softmax.data.skip_gram_blocks import SkipGramBlockBatch
from oracles.reference import TinyCorpus

V, D, W, B = 23, 6, 3, 4

Pair = Tuple[int, int, "list[int]"]  # centre, context word, the block's noise words


def make_corpus(num_sentences: int = 30, seed: int = 0) -> TinyCorpus:
    rng = numpy.random.default_rng(seed)
    p = 1 / numpy.arange(1.0, V + 1)
    return TinyCorpus([rng.choice(V, rng.integers(1, 12), p=p / p.sum()) for _ in range(num_sentences)], V)


CORPUS = make_corpus()


def two_lists() -> tuple[list[Any], list[Any]]:
    """Ids, or changes, of the one table and of the other."""
    return [], []


def tables(net: SkipGram) -> list[numpy.ndarray]:
    """Of the words and of the output layer, on the host."""
    output_layer: Any = net.output_layer
    return [p.list_data()[0].asnumpy().copy() for p in (net.embed.weight, output_layer.weight)]


def set_tables(net: SkipGram, values: list[numpy.ndarray]) -> SkipGram:
    output_layer: Any = net.output_layer
    for block, table in zip((net.embed, output_layer), values):
        block.weight.set_data(np.array(table))
    return net


def pairs_of(batch: SkipGramBlockBatch, reach: int = W) -> list[Pair]:
    """The pairs of a batch, read word by word."""
    found = []
    for words, left, right in zip(batch.words.tolist(), batch.left, batch.right):
        for i in range(left.size):
            center = reach + i
            near = [*range(center - left[i], center), *range(center + 1, center + 1 + right[i])]
            found += [(words[center], words[j], words[left.size + 2 * reach :]) for j in near]
    return found
