"""Skip-gram batches beside a loop over a small corpus: every pair once, the book's layout, the noise."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy
import pytest
from oracles.reference import TinyCorpus
from oracles.window_reference import K, V, W, make_corpus, pairs_of, read, slow_windows, stacked

from gluon_softmax import SkipGramBatches, SkipGramPairs


@pytest.mark.parametrize("epoch", [0, 2])
def test_pairs_are_those_of_a_loop_each_once(chunk_tokens: int, epoch: int) -> None:
    corpus = make_corpus()
    batches = SkipGramPairs(corpus, 32, W, threshold=0.05, seed=5)
    assert (len(batches._chunks) == 2) is (chunk_tokens > 100)
    wanted = pairs_of(slow_windows(corpus, batches, epoch))
    given = list(batches.epoch(epoch))
    assert Counter(zip(*(c.tolist() for c in stacked(batches, epoch)))) == wanted
    assert [len(batch.center) for batch in given[:-1]] == [32] * (len(given) - 1)
    assert 1 <= len(given[-1].center) <= 32
    assert batches.produced["pairs"] == sum(wanted.values())
    assert batches.produced["centers"] == len(slow_windows(corpus, batches, epoch))


@pytest.mark.usefixtures("chunk_tokens")
def test_the_books_layout() -> None:
    corpus = make_corpus()
    batches = SkipGramBatches(corpus, 16, W, K, threshold=0.05, seed=5)
    wanted = slow_windows(corpus, batches, 1)
    rows = []
    for batch in batches.epoch(1):
        size = len(batch.center)
        assert batch.center.shape == (size, 1)
        assert (
            batch.contexts_negatives.shape == batch.mask.shape == batch.label.shape == (size, 2 * W * (1 + K))
        )
        assert batch.center.dtype == batch.contexts_negatives.dtype == numpy.int32
        assert batch.mask.dtype == batch.label.dtype == numpy.float32
        assert (batch.contexts_negatives[batch.mask == 0] == 0).all()
        assert (numpy.diff(batch.mask, axis=1) <= 0).all()  # ones first, zeros behind
        assert (numpy.diff(batch.label, axis=1) <= 0).all()  # context words first, noise right behind
        assert (batch.label <= batch.mask).all()
        numpy.testing.assert_array_equal(batch.mask.sum(axis=1), (1 + K) * batch.label.sum(axis=1))
        rows += read(batch)
    assert sorted((center, contexts) for center, contexts, _ in rows) == sorted(wanted)
    for _, contexts, negatives in rows:
        assert len(negatives) == K * len(contexts)
        assert 0 not in negatives and not set(negatives) & set(contexts)


def test_noise_has_the_distribution_of_counts_to_the_three_quarters() -> None:
    """Given that a word is not among the contexts of its centre, which here are only 1 and 2."""
    rng = numpy.random.default_rng(0)
    counts = numpy.array([70, 9, 9, 40, 16, 8, 4, 2, 1, 0])
    corpus = TinyCorpus([rng.permutation([1, 2]).tolist() for _ in range(3000)], 10, counts)
    weights = counts**0.75
    for power, expected in ((0.75, weights), (1.0, counts), (0.0, (counts > 0) * 1.0)):
        batches = SkipGramBatches(corpus, 512, 1, K, subsampling="none", power=power)
        seen: dict[int, Counter] = {1: Counter(), 2: Counter()}
        for batch in batches.epoch(0):
            for _, contexts, negatives in read(batch):
                seen[contexts[0]].update(negatives)
        for context, words in seen.items():
            wanted = expected.astype(float)
            wanted[[0, context]] = 0
            wanted *= sum(words.values()) / wanted.sum()
            assert not set(words) & {0, context, 9 if power else 0}
            got = numpy.array([words[i] for i in range(10)])
            chi_square = ((got - wanted)[wanted > 0] ** 2 / wanted[wanted > 0]).sum()
            assert sum(words.values()) == 3000 * K and chi_square < 26.1  # at most 8 degrees of freedom


def test_noise_weights_of_the_readers_own() -> None:
    weights = numpy.zeros(V)
    weights[[0, 5, 29]] = 8, 1, 3  # the one of <unk> does not count
    batches = SkipGramBatches(
        TinyCorpus([[1, 2, 3], [2, 1]] * 400, V), 64, W, K, subsampling="none", noise_weights=weights
    )
    words = Counter(word for batch in batches.epoch(0) for row in read(batch) for word in row[2])
    assert set(words) == {5, 29} and 2.6 < words[29] / words[5] < 3.4
    assert weights[0] == 8


@pytest.mark.parametrize("held_out", [False, True])
def test_contexts_that_cover_the_vocabulary_are_an_error_and_no_endless_loop(held_out: bool) -> None:
    corpus = TinyCorpus([[1, 2, 3, 1, 2, 3]] * 5, 4)
    batches = SkipGramBatches(corpus, 8, 5, 2, subsampling="none", held_out=held_out)
    with pytest.raises(
        ValueError, match=r"^noise_weights takes a word above 0 outside each centre's contexts"
    ):
        list(batches.epoch(0))


def test_contexts_that_cover_all_but_one_rare_word() -> None:
    counts = numpy.array([0, 10**9, 10**9, 10**9, 1])
    corpus = TinyCorpus([[1, 2, 3, 1, 2, 3]] * 20, 5, counts)
    batches = SkipGramBatches(corpus, 8, 5, 2, subsampling="none", power=1.0, held_out=True)
    rows = [row for batch in batches.epoch(0) for row in read(batch)]
    assert len(rows) == 120
    for _, contexts, negatives in rows:
        assert set(contexts) == {1, 2, 3} and negatives == [4] * 10


@pytest.mark.parametrize("weights, error, said", [
    ([1.0] * (V - 1), ValueError, f"noise_weights takes {V} numbers, one per word; got {V - 1}"),
    ([-1.0] + [1.0] * (V - 1), ValueError, "noise_weights takes finite .* of at least 0; got -1.0 for id 0"),
    ([1.0] * (V - 1) + [float("nan")], ValueError, f"noise_weights takes finite .* got nan for id {V - 1}"),
    ([0.0] * V, ValueError, "noise_weights takes at least one number above 0"),
    ([1.0] + [0.0] * (V - 1), ValueError, "noise_weights takes a weight above 0 for a word other than <unk>"),
    (numpy.ones((V, 1)), ValueError, "noise_weights takes one number per word"),
    (["x"] * V, TypeError, "noise_weights takes a sequence of numbers"),
])  # fmt: skip
def test_wrong_noise_weights_are_named(weights: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        SkipGramBatches(make_corpus(), 8, noise_weights=weights)


@pytest.mark.parametrize("name, value, error", [
    ("batch_size", 0, ValueError), ("batch_size", 2.0, TypeError), ("max_window_size", 0, ValueError),
    ("max_window_size", -3, ValueError), ("max_window_size", "5", TypeError),
    ("num_noise_words", 0, ValueError), ("num_noise_words", 1.5, TypeError), ("seed", -1, ValueError),
    ("subsampling", "book", ValueError), ("threshold", 0.0, ValueError), ("threshold", 2.0, ValueError),
])  # fmt: skip
def test_wrong_arguments_are_named(name: str, value: Any, error: type) -> None:
    arguments: dict[str, Any] = {"batch_size": 8, name: value}
    with pytest.raises(error, match=f"^{name} takes"):
        SkipGramBatches(make_corpus(), **arguments)
