"""Huffman codes beside word2vec.c's algorithm and a heap, and word2vec.c's figures of PTB."""

from __future__ import annotations

import io
import math
import zipfile
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.trees import heap_cost, spelt

from gluon_softmax.vocabulary.binary_tree import BinaryTree
from gluon_softmax.vocabulary.huffman import _merge, build_huffman

ROOT = Path(__file__).resolve().parents[2]
PTB = [ROOT / "data" / "ptb.zip", ROOT.parent / "shared" / "data" / "ptb.zip"]


def word2vec_paths(counts: list[int]) -> tuple[list[str], list[list[int]]]:
    """word2vec.c's construction for falling counts, with a rescan of all nodes instead of its two pointers.

    Of the nodes not merged yet it takes the lightest; among equal ones an inner node before a leaf, the
    older inner node, the later leaf.
    """
    num = len(counts)
    alive = {i: (count, 1, -i) for i, count in enumerate(counts)}
    up: dict[int, tuple[int, int]] = {}
    for made in range(num - 1):
        total = 0
        for bit in (0, 1):
            lightest = min(alive, key=lambda node: alive[node])
            total += alive.pop(lightest)[0]
            up[lightest] = (made, bit)
        alive[num + made] = (total, 0, made)
    codes, points = [], []
    for word in range(num):
        code, node = "", word
        path: list[int] = []
        while node in up:
            inner, bit = up[node]
            code, path, node = str(bit) + code, [inner, *path], num + inner
        codes.append(code)
        points.append(path)
    return codes, points


def test_known_codes_and_points() -> None:
    """word2vec.c, gensim and Chainer agree on these."""
    tree = build_huffman([8, 6, 5, 4, 3])
    assert spelt(tree.codes) == ["11", "01", "00", "101", "100"]
    assert [p.tolist() for p in tree.points] == [[3, 2], [3, 1], [3, 1], [3, 2, 0], [3, 2, 0]]
    assert tree.root == 3


def test_ties_are_word2vec_c_s() -> None:
    """word2vec.c gives 11, 10, 01, 00; gensim breaks the ties another way."""
    assert spelt(build_huffman([5, 5, 5, 5]).codes) == ["11", "10", "01", "00"]


def test_any_order_gives_the_codes_of_the_sorted_counts() -> None:
    counts = numpy.array([3, 8, 4, 6, 5])
    tree = build_huffman(counts)
    assert spelt(tree.codes) == ["100", "11", "101", "01", "00"]
    assert [p.tolist() for p in tree.points] == [[3, 2, 0], [3, 2], [3, 2, 0], [3, 1], [3, 1]]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40))
def test_falling_counts_give_word2vec_c_s_paths(counts: list[int]) -> None:
    counts.sort(reverse=True)  # so small a range of counts makes ties the rule
    tree = build_huffman(counts)
    codes, points = word2vec_paths(counts)
    assert spelt(tree.codes) == codes
    assert [p.tolist() for p in tree.points] == points


@given(st.lists(st.integers(0, 10**6) | st.integers(0, 3), min_size=1, max_size=60).filter(any))
def test_huffman_is_an_optimal_prefix_code(counts: list[int]) -> None:
    tree = build_huffman(counts)
    codes = spelt(tree.codes)
    assert sum(count * len(code) for count, code in zip(counts, codes)) == heap_cost(counts)
    assert sum(Fraction(1, 2 ** len(code)) for code in codes) == 1  # Kraft: no code is missing
    assert not any(b.startswith(a) for i, a in enumerate(codes) for j, b in enumerate(codes) if i != j)
    again = BinaryTree(tree.codes, tree.points)  # which checks that it is a tree
    assert (again.children == tree.children).all() and again.root == tree.root


def test_float_counts() -> None:
    tree = build_huffman([0.05, 0.4, 0.2, 0.35])
    assert tree.lengths.tolist() == [3, 1, 3, 2]


def test_zero_counts_share_a_balanced_branch() -> None:
    counts = [9, 0, 0, 4, *[0] * 30, 1]
    tree = build_huffman(counts)
    used = [0, 3, 34]
    assert tree.lengths[used].tolist() == [1, 2, 3]  # the fourth place at depth 3 roots the zeros
    zeros = numpy.delete(tree.lengths, used)
    assert zeros.min() == 3 + 5 and zeros.max() == 3 + 5  # 32 of them


def test_one_and_two_words() -> None:
    one = build_huffman([7])
    assert len(one.codes) == 1 and one.codes[0].size == 0 and one.points[0].size == 0
    assert one.root == -1 and [a.shape for a in one.padded()] == [(1, 0)] * 3
    two = build_huffman([2, 9])
    assert spelt(two.codes) == ["0", "1"] and [p.tolist() for p in two.points] == [[0], [0]]


@pytest.mark.parametrize("vocab_size", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_many_words(vocab_size: int) -> None:
    counts = numpy.random.default_rng(0).zipf(1.5, vocab_size).astype(float)
    tree = build_huffman(counts)
    p = counts / counts.sum()
    entropy, mean = -(p * numpy.log2(p)).sum(), (p * tree.lengths).sum()
    assert entropy <= mean < entropy + 1  # Shannon's bounds
    assert abs((0.5**tree.lengths).sum() - 1) < 1e-9


@pytest.fixture(scope="module")
def ptb_counts() -> list[int]:
    """Counts of PTB's training words as word2vec.c -min-count 5 has them.

    </s> comes first, then the other words in order of falling count, ties by word.
    """
    archive = next((path for path in PTB if path.exists()), None)
    if archive is None:
        pytest.skip("needs PTB's archive, data/ptb.zip")
    with zipfile.ZipFile(archive) as zipped:
        text = io.TextIOWrapper(zipped.open("ptb/ptb.train.txt"), encoding="utf-8")
        words = Counter(word for line in text for word in [*line.split(), "</s>"])
    ends = words.pop("</s>")
    return [ends, *sorted((count for count in words.values() if count >= 5), reverse=True)]


def test_ptb_code_lengths(ptb_counts: list[int]) -> None:
    """word2vec.c's figures, run on PTB at min count 5."""
    tree = build_huffman(ptb_counts)
    counts = numpy.array(ptb_counts)
    p = counts / counts.sum()
    assert len(tree) == 9859 and counts.sum() == 929_168
    assert (tree.lengths.min(), tree.lengths.max()) == (4, 18)
    assert round((p * tree.lengths).sum(), 3) == 9.447
    assert round(-(p * numpy.log2(p)).sum(), 3) == 9.415


def test_ptb_path_of_the(ptb_counts: list[int]) -> None:
    """``the`` is the most frequent word of PTB; in word2vec.c's own order </s> comes before it, unsorted."""
    falling = build_huffman(sorted(ptb_counts, reverse=True))
    assert spelt(falling.codes)[0] == "0110" and falling.points[0][-1] == 9846
    own_order = BinaryTree.from_children(_merge([float(count) for count in ptb_counts]), root=9857)
    assert spelt(own_order.codes)[1] == "0101"
    assert own_order.points[1].tolist() == [9857, 9855, 9852, 9845]


@pytest.mark.parametrize(
    "counts, error, message",
    [
        ([], ValueError, r"counts .* got shape \(0,\)"),
        ([[1, 2]], ValueError, r"counts .* got shape \(1, 2\)"),
        ([1, -2], ValueError, "counts .* got -2.0 for id 1"),
        ([1, math.nan], ValueError, "counts .* got nan for id 1"),
        ([math.inf, 1], ValueError, "counts .* got inf for id 0"),
        ([0, 0], ValueError, "counts .* got 2 zeros"),
        ([1e308, 1e308], ValueError, "counts .* finite sum"),
        (["a", "b"], TypeError, "counts takes a sequence of numbers"),
    ],
)
def test_wrong_counts(counts: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        build_huffman(counts)
