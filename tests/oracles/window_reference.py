"""Windows the slow way: a loop over sentences and words, from the draws that the batches derive."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy

from gluon_softmax.data.windows import keep_probabilities
from gluon_softmax.utils.randomness import derive_rng
from oracles.reference import TinyCorpus

V, W, K = 30, 3, 4


def make_corpus(num_sentences: int = 60, vocab_size: int = V) -> TinyCorpus:
    rng = numpy.random.default_rng(12)
    p = 1 / numpy.arange(2.0, vocab_size + 2)
    p[0] = p[1]  # one word in six is unknown
    draw = [rng.choice(vocab_size, rng.integers(1, 14), p=p / p.sum()) for _ in range(num_sentences)]
    return TinyCorpus(draw, vocab_size)


def slow_windows(corpus: TinyCorpus, batches: Any, epoch: int) -> list[tuple[int, list[int]]]:
    """(centre, context words) of one epoch, word by word, from the draws that the batches derive."""
    keep = keep_probabilities(corpus.counts, "d2l", 0.05).astype(numpy.float32)
    found = []
    for chunk, (first, last) in enumerate(zip(batches._chunks[:-1], batches._chunks[1:])):
        sentences = corpus.sentences[first:last]
        uniform = iter(
            derive_rng(batches.seed, epoch, chunk, "subsample").random(
                sum(map(len, sentences)), dtype=numpy.float32
            )
        )
        kept = [[word for word in sentence if next(uniform) < keep[word]] for sentence in sentences]
        sizes = iter(derive_rng(batches.seed, epoch, chunk, "window").integers(1, W + 1, sum(map(len, kept))))
        for sentence in kept:
            for i, center in enumerate(sentence):
                w = next(sizes)
                contexts = sentence[max(0, i - w) : i] + sentence[i + 1 : i + w + 1]
                if contexts:
                    found.append((center, contexts))
    return found


def pairs_of(windows: list[tuple[int, list[int]]]) -> Counter:
    return Counter((center, context) for center, contexts in windows for context in contexts)


def read(batch: Any) -> list[tuple[int, list[int], list[int]]]:
    """(centre, context words, noise words) of each row of a book batch, by its mask and label."""
    rows = zip(batch.center[:, 0], batch.contexts_negatives, batch.mask, batch.label)
    return [
        (int(c), words[label == 1].tolist(), words[(mask == 1) & (label == 0)].tolist())
        for c, words, mask, label in rows
    ]


def stacked(batches: Any, epoch: int) -> list[numpy.ndarray]:
    """The columns of an epoch, put together."""
    return [numpy.concatenate(column) for column in zip(*batches.epoch(epoch))]
