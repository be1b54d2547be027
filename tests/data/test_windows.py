"""Subsampling and windows beside a loop over sentences, words and neighbours."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax.data.windows import draw_windows, keep_probabilities, subsample

COUNTS = numpy.array([500, 900, 90, 9, 1, 0])


def slow_windows(
    sentences: list[list[int]], sizes: list[int]
) -> list[tuple[int, list[int]]]:  # fmt: skip
    """(centre, context words) of every word that has a neighbour, one by one; `sizes` are the windows'."""
    found = []
    left = iter(sizes)
    for sentence in sentences:
        for i, center in enumerate(sentence):
            w = next(left)
            contexts = [sentence[j] for j in range(max(0, i - w), min(len(sentence), i + w + 1)) if j != i]
            if contexts:
                found.append((center, contexts))
    return found


def random_text(seed: int, vocab_size: int = 9) -> tuple[list[list[int]], numpy.ndarray, numpy.ndarray]:
    rng = numpy.random.default_rng(seed)
    sentences = [rng.integers(1, vocab_size, rng.integers(1, 9)).tolist() for _ in range(40)]
    ids = numpy.concatenate(sentences).astype(numpy.int32)
    return sentences, ids, numpy.repeat(numpy.arange(40, dtype=numpy.int32), [len(s) for s in sentences])


@pytest.mark.parametrize("reach", [1, 2, 5, 12])
@pytest.mark.parametrize("seed", [0, 1])
def test_windows_are_those_of_a_loop(seed: int, reach: int) -> None:
    sentences, ids, sentence_of = random_text(seed)
    windows = draw_windows(ids, sentence_of, reach, numpy.random.default_rng(seed))
    sizes = numpy.random.default_rng(seed).integers(1, reach + 1, ids.size).tolist()
    wanted = slow_windows(sentences, sizes)
    got = [
        (c, words[keep].tolist()) for c, words, keep in zip(windows.centers, windows.contexts, windows.mask)
    ]
    assert got == wanted
    assert windows.contexts.shape == windows.mask.shape == (len(wanted), 2 * reach)
    assert (windows.contexts[~windows.mask] == 0).all()
    assert windows.centers.dtype == windows.contexts.dtype == numpy.int32 and windows.mask.dtype == bool


def test_windows_of_full_size_without_rng() -> None:
    sentences, ids, sentence_of = random_text(3)
    windows = draw_windows(ids, sentence_of, 3, None)
    got = [
        (c, words[keep].tolist()) for c, words, keep in zip(windows.centers, windows.contexts, windows.mask)
    ]
    assert got == slow_windows(sentences, [3] * ids.size)


def test_no_window_crosses_a_sentence_end() -> None:
    """Words of odd sentences are odd, those of even ones even."""
    rng = numpy.random.default_rng(4)
    lengths = rng.integers(1, 7, 200)
    sentence_of = numpy.repeat(numpy.arange(200), lengths)
    ids = 2 * rng.integers(1, 50, sentence_of.size) + sentence_of % 2
    windows = draw_windows(ids, sentence_of, 5, rng)
    assert ((windows.contexts % 2 == windows.centers[:, None] % 2) | ~windows.mask).all()
    assert windows.mask.sum() > 500


def test_window_sizes_are_uniform() -> None:
    n, reach = 60_000, 5
    windows = draw_windows(numpy.ones(n, int), numpy.zeros(n, int), reach, numpy.random.default_rng(6))
    inner = windows.mask[reach:-reach]
    sizes = inner[:, :reach].sum(axis=1)
    numpy.testing.assert_array_equal(inner[:, reach:].sum(axis=1), sizes)
    seen = numpy.bincount(sizes, minlength=reach + 1)
    assert seen[0] == 0
    wanted = len(inner) / reach
    assert ((seen[1:] - wanted) ** 2 / wanted).sum() < 18.5  # 4 degrees of freedom: once in a thousand seeds


@pytest.mark.parametrize("sentences", [[[1]], [[1], [2], [1]], []])
def test_words_without_neighbours_are_left_out(sentences: list[list[int]]) -> None:
    ids = numpy.array([i for s in sentences for i in s], dtype=numpy.int32)
    windows = draw_windows(ids, numpy.arange(ids.size), 4, numpy.random.default_rng(0))
    assert windows.centers.shape == (0,) and windows.contexts.shape == (0, 8)


@pytest.mark.parametrize("threshold", [1e-1, 1e-2, 1e-3])
def test_keep_probabilities(threshold: float) -> None:
    share = COUNTS[1:5] / COUNTS[1:].sum()  # of the known tokens
    paper = keep_probabilities(COUNTS, "d2l", threshold)
    numpy.testing.assert_allclose(paper[1:5], numpy.minimum(1, numpy.sqrt(threshold / share)))
    word2vec = keep_probabilities(COUNTS, "word2vec", threshold)
    formula = (numpy.sqrt(share / threshold) + 1) * threshold / share  # word2vec.c
    numpy.testing.assert_allclose(word2vec[1:5], numpy.minimum(1, formula))
    for keep in paper, word2vec, keep_probabilities(COUNTS, "none", threshold):
        assert keep[0] == 0 and keep[5] == 1  # <unk>, and a word that training never saw
    assert (keep_probabilities(COUNTS, "none")[1:] == 1).all()
    assert word2vec[1] > paper[1]


def test_subsampling_keeps_that_share() -> None:
    keep = numpy.array([0.0, 0.05, 0.5, 1.0])
    ids = numpy.tile(numpy.arange(4), 20_000)
    sentence_of = numpy.arange(ids.size) // 10
    kept, sentences = subsample(ids, sentence_of, keep, numpy.random.default_rng(3))
    seen = numpy.bincount(kept, minlength=4)
    assert seen[0] == 0 and seen[3] == 20_000
    deviation = numpy.sqrt(20_000 * keep[1:3] * (1 - keep[1:3]))
    assert (abs(seen[1:3] - 20_000 * keep[1:3]) < 4 * deviation).all()
    numpy.testing.assert_array_equal(kept[:20], ids[numpy.isin(numpy.arange(ids.size), numpy.flatnonzero(
        numpy.random.default_rng(3).random(ids.size, dtype=numpy.float32) < keep.astype(numpy.float32)[ids]
    ))][:20])  # fmt: skip
    assert (numpy.diff(sentences) >= 0).all() and sentences.size == kept.size


@pytest.mark.parametrize("arguments, error, said", [
    (("book",), ValueError, "subsampling takes one of d2l, word2vec, none; got 'book'"),
    (("d2l", 0), ValueError, "threshold takes a finite number above 0 and at most 1, got 0"),
    (("d2l", 1.5), ValueError, "threshold takes a finite number"),
    (("d2l", float("nan")), ValueError, "threshold takes a finite number"),
    (("d2l", "1e-4"), TypeError, "threshold takes a number"),
])  # fmt: skip
def test_wrong_arguments_are_named(arguments: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        keep_probabilities(COUNTS, *arguments)
