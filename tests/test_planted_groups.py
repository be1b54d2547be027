"""mini_ptb's planted groups: after a short training most of their words have one of their own as nearest."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from gluon_softmax import (
    Corpus,
    NegativeSampling,
    SkipGram,
    SkipGramBlocks,
    SkipGramPairs,
    WordVectors,
    load_corpus,
    train,
)
from gluon_softmax.data.sources import load_planted_groups
from gluon_softmax.utils.types import Batches


@pytest.mark.parametrize(
    "make_batches, how",
    [
        (lambda corpus: SkipGramPairs(corpus, 1024), {"num_epochs": 3, "lr": 0.01}),
        (
            lambda corpus: SkipGramBlocks(corpus, 256),
            {"num_epochs": 4, "lr": 0.05, "optimizer": "sgd", "schedule": "linear"},
        ),
    ],
    ids=["pairs", "blocks"],
)
def test_planted_words_find_their_group(
    make_batches: Callable[[Corpus], Batches], how: dict[str, Any]
) -> None:
    corpus = load_corpus("mini_ptb")
    vocab_size, embed_size = len(corpus.counts), 50
    net = SkipGram(vocab_size, embed_size, NegativeSampling(corpus.counts, embed_size))
    train(net, make_batches(corpus), progress="none", **how)
    vectors = WordVectors(corpus.vocab.idx_to_token, net.embed.weight.data())
    groups = load_planted_groups()
    nearest = {word: vectors.most_similar(word, 1)[0][0] for words in groups.values() for word in words}
    found = [nearest[word] in words for words in groups.values() for word in words]
    assert len(found) > 80 and len(groups) > 15
    assert sum(found) >= 0.8 * len(found), nearest
