"""A random binary tree of words, for the exercises that walk one."""

from __future__ import annotations

import numpy

from ..vocabulary.binary_tree import BinaryTree
from ..vocabulary.huffman import build_huffman


def random_tree(rng: numpy.random.Generator, vocab_size: int) -> BinaryTree:
    """The tree of random counts, with paths of several lengths and its inner nodes numbered in any order."""
    tree = build_huffman(rng.geometric(0.02, size=vocab_size))
    names = numpy.arange(2 * vocab_size - 1)
    names[vocab_size:] = vocab_size + rng.permutation(vocab_size - 1)
    children = numpy.empty_like(tree.children)
    children[names[vocab_size:] - vocab_size] = names[tree.children]
    return BinaryTree.from_children(children, root=int(names[vocab_size + tree.root]) - vocab_size)
