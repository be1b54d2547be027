"""The batches beside a loop over a small corpus: every pair once, noise outside the contexts, one seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.reference import TinyCorpus

from gluon_softmax import CBOWBatches, SkipGramBatches, SkipGramPairs, load_corpus
from gluon_softmax.data import window_batches
from gluon_softmax.data.windows import keep_probabilities
from gluon_softmax.utils.randomness import derive_rng

V, W, K = 30, 3, 4
CLASSES = [SkipGramPairs, SkipGramBatches, CBOWBatches]


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
    for stretch, (first, last) in enumerate(zip(batches._stretches[:-1], batches._stretches[1:])):
        sentences = corpus.sentences[first:last]
        uniform = iter(
            derive_rng(batches.seed, epoch, stretch, "subsample").random(
                sum(map(len, sentences)), dtype=numpy.float32
            )
        )
        kept = [[word for word in sentence if next(uniform) < keep[word]] for sentence in sentences]
        sizes = iter(
            derive_rng(batches.seed, epoch, stretch, "window").integers(1, W + 1, sum(map(len, kept)))
        )
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


@pytest.fixture(params=[1 << 17, 40], ids=["one stretch", "many stretches"])
def stretch(request: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(window_batches, "_STRETCH_TOKENS", request.param)
    return request.param


@pytest.mark.parametrize("epoch", [0, 2])
def test_pairs_are_those_of_a_loop_each_once(stretch: int, epoch: int) -> None:
    corpus = make_corpus()
    batches = SkipGramPairs(corpus, 32, W, threshold=0.05, seed=5)
    assert (len(batches._stretches) == 2) is (stretch > 100)
    wanted = pairs_of(slow_windows(corpus, batches, epoch))
    given = list(batches.epoch(epoch))
    assert Counter(zip(*(c.tolist() for c in stacked(batches, epoch)))) == wanted
    assert [len(batch.center) for batch in given[:-1]] == [32] * (len(given) - 1)
    assert 1 <= len(given[-1].center) <= 32
    assert batches.produced["pairs"] == sum(wanted.values())
    assert batches.produced["centers"] == len(slow_windows(corpus, batches, epoch))


def test_cbow_windows_are_those_of_a_loop(stretch: int) -> None:
    corpus = make_corpus()
    batches = CBOWBatches(corpus, 16, W, threshold=0.05, seed=5)
    wanted = slow_windows(corpus, batches, 1)
    contexts, mask, center = stacked(batches, 1)
    assert contexts.shape == mask.shape == (len(wanted), 2 * W) and mask.dtype == numpy.float32
    got = [(c, words[keep == 1].tolist()) for c, words, keep in zip(center.tolist(), contexts, mask)]
    assert sorted(got) == sorted(wanted)
    assert (contexts[mask == 0] == 0).all()


def test_the_books_layout(stretch: int) -> None:
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


def test_expected_positions() -> None:
    corpus = make_corpus(3000)
    for kind in CLASSES:
        batches = kind(corpus, 64, W, threshold=0.05)
        positions = [len(stacked(batches, epoch)[0]) for epoch in range(4)]
        assert abs(batches.expected_positions - numpy.mean(positions)) < 0.05 * numpy.mean(positions)
        assert len(set(positions)) > 1  # drawn anew


def test_unknown_words_go_before_windows_are_cut() -> None:
    corpus = TinyCorpus([[1, 0, 0, 0, 2], [0, 3, 0, 4, 0], [0, 5]], 6)
    batches = SkipGramPairs(corpus, 100, 1, subsampling="none")
    center, context = stacked(batches, 0)
    assert sorted(zip(center.tolist(), context.tolist())) == [(1, 2), (2, 1), (3, 4), (4, 3)]


@pytest.mark.parametrize("kind", CLASSES)
def test_one_seed_decides(kind: type) -> None:
    corpus = make_corpus()

    def epochs(seed: int) -> list[list[numpy.ndarray]]:
        batches = kind(corpus, 16, W, threshold=0.05, seed=seed)
        return [[column for batch in batches.epoch(epoch) for column in batch] for epoch in (0, 1)]

    first, again, other = epochs(7), epochs(7), epochs(8)
    for epoch in (0, 1):
        assert len(first[epoch]) == len(again[epoch])
        for one, same in zip(first[epoch], again[epoch]):
            numpy.testing.assert_array_equal(one, same)
    for x in (first[1], other[0]):
        assert any(a.shape != b.shape or (a != b).any() for a, b in zip(first[0], x))


def test_an_epoch_does_not_depend_on_the_ones_before() -> None:
    corpus = make_corpus()
    batches = SkipGramBatches(corpus, 16, W, K, threshold=0.05)
    in_order = [
        [row for batch in batches for row in read(batch)] for _ in range(3)
    ]  # plain iteration: 0, 1, 2
    fresh = SkipGramBatches(corpus, 16, W, K, threshold=0.05)
    assert [row for batch in fresh.epoch(2) for row in read(batch)] == in_order[2]
    assert in_order[0] != in_order[1]


def test_drawn_once_or_for_every_epoch(stretch: int) -> None:
    corpus = make_corpus()
    for resample in (False, True):
        batches = SkipGramBatches(corpus, 16, W, K, threshold=0.05, resample=resample)
        epochs = [[str(row) for batch in batches.epoch(e) for row in read(batch)] for e in range(2)]
        assert epochs[0] != epochs[1]  # another order either way
        assert (sorted(epochs[0]) == sorted(epochs[1])) is not resample


def test_held_out_batches_are_fixed_full_and_in_order(stretch: int) -> None:
    corpus = make_corpus()
    batches = SkipGramPairs(corpus, 16, W, subsampling="none", held_out=True)
    wanted = []
    for sentence in corpus.sentences:
        known = [word for word in sentence if word]
        for i, center in enumerate(known):
            wanted += [(center, known[j]) for j in range(max(0, i - W), min(len(known), i + W + 1)) if j != i]
    for epoch in (0, 5):
        assert list(zip(*(column.tolist() for column in stacked(batches, epoch)))) == wanted


def test_order_is_shuffled_within_and_between_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_batches, "_STRETCH_TOKENS", 50)
    corpus = TinyCorpus([[i, i + 1] for i in range(1, 400, 2)], 401)
    center = stacked(SkipGramPairs(corpus, 16, 1, subsampling="none"), 0)[0]
    assert sorted(center) == list(range(1, 401))
    blocks = center.reshape(8, 50)  # a stretch is 25 sentences, 50 pairs
    assert len({block.min() for block in blocks}) == 8
    assert [block.min() for block in blocks] != sorted(block.min() for block in blocks)
    for block in blocks:
        assert block.max() - block.min() == 49 and (numpy.diff(block) < 0).mean() > 0.3


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
    ([1.0] * (V - 1), ValueError, f"noise_weights takes {V} numbers, one a word; got {V - 1}"),
    ([-1.0] + [1.0] * (V - 1), ValueError, "noise_weights takes finite .* of at least 0; got -1.0 for id 0"),
    ([1.0] * (V - 1) + [float("nan")], ValueError, f"noise_weights takes finite .* got nan for id {V - 1}"),
    ([0.0] * V, ValueError, "noise_weights takes at least one number above 0"),
    ([1.0] + [0.0] * (V - 1), ValueError, "noise_weights takes a weight above 0 for a word other than <unk>"),
    (numpy.ones((V, 1)), ValueError, "noise_weights takes one number a word"),
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


def test_a_corpus_that_does_not_fit_itself_is_named() -> None:
    with pytest.raises(ValueError, match=r"^corpus ids takes ids in"):
        SkipGramPairs(TinyCorpus([[1, 5]], 6, counts=[1, 2, 3]), 8)
    with pytest.raises(ValueError, match=r"^corpus takes at least one word in its train split; got none"):
        SkipGramPairs(TinyCorpus([], 3, counts=[1, 2, 3]), 8)


@pytest.mark.parametrize("kind", CLASSES)
def test_one_word_sentences_give_no_batch(kind: type) -> None:
    batches = kind(TinyCorpus([[1], [2], [0, 3], [1]], 4), 8, subsampling="none")
    assert list(batches.epoch(0)) == []
    assert batches.produced == {"centers": 0, "pairs": 0} and batches.expected_positions == 0


def test_a_folder_read_by_load_corpus(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.txt").write_text("a b a\nc\na rare b\n", encoding="utf-8")
    corpus = load_corpus(tmp_path, min_freq=2)
    a, b = corpus.vocab["a"], corpus.vocab["b"]
    for split in ("train", "valid"):
        center, context = stacked(SkipGramPairs(corpus, 8, 1, split=split, subsampling="none"), 0)
        assert Counter(zip(center.tolist(), context.tolist())) == {(a, b): 3, (b, a): 3}
