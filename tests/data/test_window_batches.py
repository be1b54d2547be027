"""What all batches of windows share: chunks, epochs, seeds, held-out text, and a corpus that does not fit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.reference import TinyCorpus
from oracles.window_reference import K, W, make_corpus, read, stacked

from gluon_softmax import CBOWBatches, SkipGramBatches, SkipGramBlocks, SkipGramPairs, load_corpus
from gluon_softmax.backend import mx
from gluon_softmax.data import window_batches

CLASSES = [SkipGramPairs, SkipGramBatches, CBOWBatches]


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


@pytest.mark.usefixtures("chunk_tokens")
def test_drawn_once_or_for_every_epoch() -> None:
    corpus = make_corpus()
    for resample in (False, True):
        batches = SkipGramBatches(corpus, 16, W, K, threshold=0.05, resample=resample)
        epochs = [[str(row) for batch in batches.epoch(e) for row in read(batch)] for e in range(2)]
        assert epochs[0] != epochs[1]  # another order either way
        assert (sorted(epochs[0]) == sorted(epochs[1])) is not resample


@pytest.mark.usefixtures("chunk_tokens")
def test_held_out_batches_are_fixed_full_and_in_order() -> None:
    corpus = make_corpus()
    batches = SkipGramPairs(corpus, 16, W, subsampling="none", held_out=True)
    wanted = []
    for sentence in corpus.sentences:
        known = [word for word in sentence if word]
        for i, center in enumerate(known):
            wanted += [(center, known[j]) for j in range(max(0, i - W), min(len(known), i + W + 1)) if j != i]
    for epoch in (0, 5):
        assert list(zip(*(column.tolist() for column in stacked(batches, epoch)))) == wanted


def test_order_is_shuffled_within_and_between_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_batches, "_CHUNK_TOKENS", 50)
    corpus = TinyCorpus([[i, i + 1] for i in range(1, 400, 2)], 401)
    center = stacked(SkipGramPairs(corpus, 16, 1, subsampling="none"), 0)[0]
    assert sorted(center) == list(range(1, 401))
    blocks = center.reshape(8, 50)  # a chunk is 25 sentences, 50 pairs
    assert len({block.min() for block in blocks}) == 8
    assert [block.min() for block in blocks] != sorted(block.min() for block in blocks)
    for block in blocks:
        assert block.max() - block.min() == 49 and (numpy.diff(block) < 0).mean() > 0.3


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


@pytest.mark.usefixtures("chunk_tokens")
@pytest.mark.parametrize("arguments", [{}, {"resample": False}, {"held_out": True}])
@pytest.mark.parametrize("kind", [*CLASSES, SkipGramBlocks])
def test_len_is_the_number_of_batches_that_the_next_iteration_gives(
    kind: Any, arguments: dict[str, Any]
) -> None:
    batches = kind(make_corpus(), 16 if kind is SkipGramBlocks else 2, W, threshold=0.05, **arguments)
    numbers = []
    for epoch in range(3):
        numbers.append(len(batches))
        assert numbers[-1] == len(list(batches)) == len(list(batches.epoch(epoch)))
    assert len(set(numbers)) > 1 or arguments or kind is SkipGramBlocks


def test_batches_are_true_without_being_counted() -> None:
    empty = SkipGramPairs(TinyCorpus([[1], [2]], 3), 8, subsampling="none")
    assert empty and len(empty) == 0


@pytest.mark.parametrize("kind", [*CLASSES, SkipGramBlocks])
def test_plain_iteration_gives_the_epochs_in_arrays_that_go_on_a_device(kind: Any) -> None:
    corpus = make_corpus()
    batches, same = kind(corpus, 16, W, threshold=0.05), kind(corpus, 16, W, threshold=0.05)
    for epoch in range(2):
        for batch, plain in zip(batches, same.epoch(epoch)):
            assert batch._fields == plain._fields
            for array, wanted in zip(batch, plain):
                assert type(wanted) is numpy.ndarray
                for on_device in (array.as_in_ctx(mx.cpu()), array.as_in_context(mx.cpu(1))):
                    assert isinstance(on_device, mx.np.ndarray) and on_device.dtype == wanted.dtype
                    numpy.testing.assert_array_equal(on_device.asnumpy(), wanted)
                assert on_device.ctx == mx.cpu(1)
                numpy.testing.assert_array_equal(array, wanted)
