"""mini_ptb's planted groups: after a short training most of their words have one of their own as nearest."""

from __future__ import annotations

from gluon_softmax import NegativeSampling, SkipGram, SkipGramPairs, WordVectors, load_corpus, train
from gluon_softmax.corpus import load_planted_groups


def test_planted_words_find_their_group() -> None:
    corpus = load_corpus("mini_ptb")
    vocab_size, embed_size = len(corpus.counts), 50
    net = SkipGram(vocab_size, embed_size, NegativeSampling(corpus.counts, embed_size))
    train(net, SkipGramPairs(corpus, 1024), 3, 0.01, progress="none")
    vectors = WordVectors(corpus.vocab.idx_to_token, net.embed.weight.data())
    groups = load_planted_groups()
    nearest = {word: vectors.most_similar(word, 1)[0][0] for words in groups.values() for word in words}
    found = [nearest[word] in words for words in groups.values() for word in words]
    assert len(found) > 80 and len(groups) > 15
    assert sum(found) >= 0.8 * len(found), nearest
