"""Binary trees from codes, children and nested pairs, beside Chainer's and a walk down the pairs."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Callable

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.trees import spelt

from gluon_softmax.vocabulary.binary_tree import BinaryTree, NestedPairs, balanced_tree
from gluon_softmax.vocabulary.huffman import build_huffman


def test_rows_are_views_of_flat_arrays() -> None:
    tree = build_huffman([8, 6, 5, 4, 3])
    for word, (code, path) in enumerate(zip(tree.codes, tree.points)):
        assert numpy.shares_memory(code, tree.flat_codes) and numpy.shares_memory(path, tree.flat_points)
        assert tree.offsets[word + 1] - tree.offsets[word] == tree.lengths[word] == len(code)
    assert tree.codes[-1].tolist() == [1, 0, 0]
    assert [row.tolist() for row in tree.points[1:3]] == [[3, 1], [3, 1]]
    with pytest.raises(IndexError, match="word 5 of a tree of 5 words"):
        tree.codes[5]


def test_padded_table_holds_each_path_then_zeros() -> None:
    tree = build_huffman([8, 6, 5, 4, 3])
    codes, points, mask = tree.padded()
    assert codes.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 0, 1], [1, 0, 0]]
    assert points.tolist() == [[3, 2, 0], [3, 1, 0], [3, 1, 0], [3, 2, 0], [3, 2, 0]]
    assert mask.astype(int).tolist() == [[1, 1, 0], [1, 1, 0], [1, 1, 0], [1, 1, 1], [1, 1, 1]]


def test_nested_tree_of_chainer() -> None:
    """Chainer: ((0, (1, 2)), (3, 4)) has paths[1] = [0, 1, 2] and codes[1] = [1, −1, 1]: turns 0, 1, 0."""
    tree = BinaryTree.from_nested(((0, (1, 2)), (3, 4)))
    assert tree.points[1].tolist() == [0, 1, 2]
    assert (1 - 2 * tree.codes[1]).tolist() == [1, -1, 1]
    assert spelt(tree.codes) == ["00", "010", "011", "10", "11"]
    assert [p.tolist() for p in tree.points] == [[0, 1], [0, 1, 2], [0, 1, 2], [0, 3], [0, 3]]
    assert tree.children.tolist() == [[5 + 1, 5 + 3], [0, 5 + 2], [1, 2], [3, 4]]


def test_chainer_s_tree_sums_to_one() -> None:
    """Chainer: Σ exp(−loss) = 1 over the words of ((0, 1), ((2, 3), 4)).

    Each −loss is a sum of log σ(±node · hidden).
    """
    tree = BinaryTree.from_nested(((0, 1), ((2, 3), 4)))
    scores = numpy.random.default_rng(1).normal(size=4) * 3
    total = 0.0
    for code, path in zip(tree.codes, tree.points):
        total += math.prod(
            1 / (1 + math.exp(-(1 - 2 * turn) * scores[node])) for turn, node in zip(code, path)
        )
    assert abs(total - 1) < 1e-12


def test_deeply_nested_tree_needs_no_recursion() -> None:
    nested: NestedPairs = 0
    for word in range(1, 5000):
        nested = (nested, word)
    tree = BinaryTree.from_nested(nested)
    assert tree.lengths.tolist() == [4999, *range(4999, 0, -1)]
    assert tree.points[4999].tolist() == [0] and tree.codes[4999].tolist() == [1]


@pytest.mark.parametrize(
    "nested, message",
    [
        ((), "got an empty tree"),
        ((0, ()), "got an empty tree"),
        ((0, 1, 2), r"pairs of branches or word ids; got \(0, 1, 2\)"),
        ((0, (1,)), r"got \(1,\)"),
        ((0, True), "got True"),
        ((0, 0), r"each word id from 0 to 1 once; got \[0, 0\]"),
        ((1, 2), r"each word id from 0 to 1 once; got \[1, 2\]"),
        ((0, "a"), "got 'a'"),
    ],
)
def test_wrong_nested_trees(nested: NestedPairs, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BinaryTree.from_nested(nested)


@settings(deadline=None)
@given(st.integers(1, 70))
def test_balanced_tree(vocab_size: int) -> None:
    tree = balanced_tree(vocab_size)
    codes = spelt(tree.codes)
    assert sum(Fraction(1, 2 ** len(code)) for code in codes) == 1 and len(set(codes)) == vocab_size
    lengths = sorted(map(len, codes))
    assert lengths == [len(code) for code in codes]
    assert lengths[0] == math.floor(math.log2(vocab_size)) and lengths[-1] == math.ceil(math.log2(vocab_size))
    again = BinaryTree(tree.codes, tree.points)
    assert (again.children == tree.children).all() and again.root == tree.root == vocab_size - 2


def random_nested(words: list[int], draw: Callable[..., int]) -> NestedPairs:
    if len(words) == 1:
        return words[0]
    cut = draw(st.integers(1, len(words) - 1))
    return (random_nested(words[:cut], draw), random_nested(words[cut:], draw))


@given(st.data(), st.integers(1, 20))
def test_a_random_tree_survives_its_codes_and_points(data: st.DataObject, vocab_size: int) -> None:
    words = data.draw(st.permutations(range(vocab_size)))
    nested = random_nested(list(words), data.draw)
    tree = BinaryTree.from_nested(nested)
    for word in range(vocab_size):  # follow the turns down the nested pairs
        branch: Any = nested
        for turn in tree.codes[word]:
            branch = branch[turn]
        assert branch == word
    again = BinaryTree([c.tolist() for c in tree.codes], [p.tolist() for p in tree.points])
    assert (again.children == tree.children).all() and again.root == tree.root


@pytest.mark.parametrize(
    "codes, points, message",
    [
        ([], [], "got an empty tree"),
        ([[0], [1]], [[0]], "one path for each of 2 codes; got 1"),
        ([[0], [1]], [[0], [0, 0]], r"points\[1\] takes as many nodes as codes\[1\] has turns, 1; got 2"),
        ([[0]], [[0]], "the empty code for a tree of one word"),
        ([[0], []], [[0], []], "got none for word 1"),
        ([[0], [2]], [[0], [0]], "turns 0 and 1; got 2 for word 1"),
        ([[0], [-1]], [[0], [0]], "turns 0 and 1; got -1 for word 1"),
        ([[0], [1]], [[0], [1]], r"inner nodes in \[0, 1\) for 2 words; got 1 for word 1"),
        ([[0], [1]], [[0], [-1]], r"inner nodes in \[0, 1\) for 2 words; got -1 for word 1"),
        (
            [[0], [1, 0], [1, 1]],
            [[0], [0, 1], [1, 1]],
            "paths from one root, 0 as for word 0; got 1 for word 2",
        ),
        ([[0], [0], [1]], [[0], [0], [0]], "no code beginning another"),  # two words with one code
        ([[0], [0, 0], [1]], [[0], [0, 1], [0]], "no code beginning another"),
        ([[0, 0], [0, 1], [1, 0]], [[0, 1], [0, 1], [0, 1]], "no code beginning another"),  # two parents
        ([[0], [1, 0], [1, 0]], [[0], [0, 1], [0, 1]], "no code beginning another"),
        ([[0, 0], [0, 1], [1, 1, 0], [1, 1, 1]], [[0, 1], [0, 1], [0, 2, 1], [0, 2, 1]], "no code"),
        ([[0], [1, 0]], [[0], [0, 0]], "no code beginning another"),  # back to the root
        ([[0], [1, 0], [1, 1, 0]], [[0], [0, 1], [0, 1, 1]], "no code beginning another"),  # below itself
    ],
)
def test_codes_that_are_no_tree(codes: Any, points: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BinaryTree(codes, points)


def test_codes_that_are_no_integers() -> None:
    with pytest.raises(TypeError, match=r"codes\[1\] takes a sequence of integers; got \[0.5\]"):
        BinaryTree([[0], [0.5]], [[0], [0]])
