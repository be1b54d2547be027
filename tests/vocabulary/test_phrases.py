"""Phrases beside gensim's: the same pairs with the same scores; and a score by hand."""

from __future__ import annotations

import collections

import numpy
import pytest

from gluon_softmax.vocabulary import phrases
from gluon_softmax.vocabulary.phrases import find_phrases


def encoded(sentences: list[list[str]]) -> tuple[list[str], numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    words = sorted({word for sentence in sentences for word in sentence})
    number = {word: i for i, word in enumerate(words)}
    ids = numpy.array([number[word] for sentence in sentences for word in sentence], numpy.int32)
    offsets = numpy.cumsum([0, *map(len, sentences)])
    return words, ids, offsets, numpy.bincount(ids, minlength=len(words))


def random_sentences(seed: int) -> list[list[str]]:
    """Words of which some like the one before, with sentences of one word too."""
    rng = numpy.random.default_rng(seed)
    sentences = []
    for _ in range(400):
        sentence = [f"w{int(rng.zipf(1.5)) % 40}"]
        while rng.random() < 0.85:
            liked = rng.random() < 0.3
            sentence.append(f"l{sentence[-1]}" if liked else f"w{int(rng.zipf(1.5)) % 40}")
        sentences.append(sentence)
    return sentences


@pytest.mark.parametrize("seed, min_count, threshold", [(0, 5, 10.0), (1, 1, 0.5), (2, 3, 4.0)])
@pytest.mark.parametrize("block", [1 << 22, 50])
def test_pairs_and_scores_are_gensim_s(
    seed: int, min_count: int, threshold: float, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = pytest.importorskip("gensim.models.phrases")
    sentences = random_sentences(seed)
    expected = peer.Phrases(sentences, min_count=min_count, threshold=threshold).export_phrases()
    words, ids, offsets, counts = encoded(sentences)
    monkeypatch.setattr(phrases, "_BLOCK", block)
    found = find_phrases(ids, offsets, counts, min_count, threshold)
    scores = {f"{words[a]}_{words[b]}": score for a, b, score, _ in zip(*found)}
    assert set(scores) == set(expected) and len(expected) > 5
    assert scores == pytest.approx(expected, rel=1e-12)
    assert (numpy.diff(found.score) <= 0).all()
    pairs = collections.Counter(pair for s in sentences for pair in zip(s, s[1:]))
    assert {(words[a], words[b]): n for a, b, _, n in zip(*found)} == {
        (words[a], words[b]): pairs[words[a], words[b]] for a, b, *_ in zip(*found)
    }


def test_by_hand() -> None:
    """A text ``a b | a b | b a c``: 3 words and 3 pairs (ab, ba, ac); ab scores (2 − 1) / (3 · 3) · 6."""
    _, ids, offsets, counts = encoded([["a", "b"], ["a", "b"], ["b", "a", "c"]])
    found = find_phrases(ids, offsets, counts, min_count=1, threshold=0.5)
    assert (found.first.tolist(), found.second.tolist(), found.num_times.tolist()) == ([0], [1], [2])
    assert found.score[0] == pytest.approx(1 / 9 * 6)
    assert not len(find_phrases(ids, offsets, counts, 1, 0.5, excluded=1).first)
    assert not len(find_phrases(ids, offsets, counts, 1, 6 / 9 + 1e-9).first)  # above it, not at it


def test_one_word_has_no_pair() -> None:
    found = find_phrases(numpy.array([0]), numpy.array([0, 1]), numpy.array([1]))
    assert [len(column) for column in found] == [0, 0, 0, 0]


def test_wrong_arguments() -> None:
    args = numpy.array([0, 0]), numpy.array([0, 2]), numpy.array([2])
    with pytest.raises(ValueError, match="min_count takes an integer of at least 1, got 0"):
        find_phrases(*args, min_count=0)
    for threshold in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="threshold takes a finite number of at least 0"):
            find_phrases(*args, threshold=threshold)
