"""The exercises' random tree."""

import numpy

from gluon_softmax.coursework.random_tree import random_tree
from gluon_softmax.vocabulary.binary_tree import BinaryTree


def test_a_random_tree_is_a_tree_with_paths_of_several_lengths() -> None:
    for seed in range(20):
        tree = random_tree(numpy.random.default_rng(seed), 12)
        again = BinaryTree(tree.codes, tree.points)  # which checks
        assert numpy.array_equal(again.children, tree.children)
        assert again.root == tree.root
        assert len(set(tree.lengths.tolist())) > 1


def test_its_inner_nodes_are_in_no_order() -> None:
    roots = {random_tree(numpy.random.default_rng(seed), 12).root for seed in range(20)}
    assert len(roots) > 1
