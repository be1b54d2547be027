"""The probabilities of all leaves."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity
from gluon_softmax.coursework.random_tree import random_tree
from gluon_softmax.vocabulary.huffman import build_huffman

EXERCISE = Exercise(
    title="Probabilities that sum to one",
    chapter="hierarchical_softmax",
    section="The Loss",
    kind="code",
    minutes=25,
    hand_in="leaf_probabilities(hidden, weight, children, root): the probability of each word",
    right_when="they sum to one with no denominator, whatever the vectors",
    source="Morin and Bengio 2005; Mikolov et al. 2013, section 2.1",
    hints=(
        "Send 1 down from the root: each inner node divides what it receives between its two children.",
        "The share of the child of turn 0 is sigmoid(x) with x the node's score; the other gets the rest.",
        "A child that is V or more is the inner node child - V; below V it is a word, which keeps its share.",
        "A stack of (node, share) that begins as [(root, 1.0)] visits every inner node once.",
    ),
)


def examples() -> list[Example]:
    """The chapter's tree, with scores 0 at two nodes and ln 3 at two: shares of 1/2, and of 3/4 and 1/4."""
    tree = build_huffman([8, 6, 5, 4, 3])
    weight = numpy.log(3.0) * numpy.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    want = numpy.array([0.125, 0.25, 0.25, 0.09375, 0.28125])
    return [Example((numpy.array([1.0, 0.0]), weight, tree.children, tree.root), want)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A random tree and vectors of any sign."""
    tree = random_tree(rng, int(rng.integers(6, 14)))
    return rng.normal(size=3), rng.normal(size=(len(tree) - 1, 3)), tree.children, tree.root


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the probabilities."""
    tree = random_tree(rng, 12)
    hidden, weight = rng.normal(size=3), rng.normal(size=(11, 3))
    shares = numpy.asarray(answer(hidden, weight, tree.children, tree.root), dtype=float)
    yield Identity("they sum to one", float(shares.sum()), 1.0)
    even = answer(numpy.zeros(3), weight, tree.children, tree.root)
    yield Identity("scores of 0 halve at every turn", even, 0.5**tree.lengths)
    mirrored = answer(hidden, -weight, tree.children[:, ::-1], tree.root)
    yield Identity("a mirrored tree with -v in place of v is the same", mirrored, shares)
