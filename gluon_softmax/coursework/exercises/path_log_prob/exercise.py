"""The log-probability of one word in O(log V)."""

from __future__ import annotations

from typing import Callable, Iterator, cast

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity
from gluon_softmax.coursework.random_tree import random_tree
from gluon_softmax.vocabulary.huffman import build_huffman

EXERCISE = Exercise(
    title="The log-probability of one word, at the cost of its path",
    chapter="hierarchical_softmax",
    section="Is the Approach Right?",
    kind="code",
    minutes=20,
    hand_in="path_log_prob(row, hidden, codes, points, word): ln P(word), reading the rows of its path alone",
    right_when="no row off the path is read, and no probability is too small",
    source="Mikolov et al. 2013, Distributed Representations of Words and Phrases, section 2.1",
    hints=(
        "Only the nodes points[word] matter; row(node) gives the vector of one of them.",
        "The logarithm of a product is the sum of logarithms: take the logarithm of each turn at once.",
        "ln sigmoid(z) = -ln(1 + exp(-z)), which for z = -800 is -800; in two steps it is ln 0.",
        "z is (1 - 2 * turn) * row(node) . hidden, and -numpy.logaddexp(0, -z) is its ln sigmoid.",
    ),
)


def examples() -> list[Example]:
    """The chapter's tree with the scores 1, -1, 2 and -2 of its nodes 0 to 3, for the words 0 and 3."""
    tree = build_huffman([8, 6, 5, 4, 3])
    weight = numpy.array([[1.0], [-1.0], [2.0], [-2.0]])
    want = {"ln P": numpy.array([-2.253856, -1.567118]), "rows read": numpy.array([2, 3])}
    return [
        Example((weight, numpy.array([1.0]), list(tree.codes), list(tree.points), numpy.array([0, 3])), want)
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A random tree, with scores so large that some words have no probability in floating point."""
    tree = random_tree(rng, int(rng.integers(18, 26)))
    weight, hidden = rng.normal(size=(len(tree) - 1, 3)), rng.normal(size=3)
    words = rng.permutation(len(tree))[:10]
    path = tree.points[int(words[0])]
    weight[path[-1]] = (2 * tree.codes[int(words[0])][-1] - 1) * 900.0 * hidden / (hidden @ hidden)
    return weight, hidden, list(tree.codes), list(tree.points), words


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> dict[str, object]:
    """Ask for each word, and count the rows that were read for it."""
    weight, hidden, codes, points, words = arguments
    table = numpy.asarray(weight)
    values, counts = [], []
    for word in numpy.asarray(words).tolist():
        read: set[int] = set()

        def row(node: object, read: set[int] = read) -> numpy.ndarray:
            read.update(numpy.atleast_1d(numpy.asarray(node)).tolist())
            return cast(numpy.ndarray, table[node])

        value = numpy.asarray(answer(row, hidden, codes, points, word), dtype=float)
        if value.size != 1:
            raise ValueError(f"path_log_prob gives one number; got an array of shape {value.shape}")
        values.append(value.item())
        counts.append(len(read))
    return {"ln P": numpy.array(values), "rows read": numpy.array(counts)}


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the log-probabilities."""
    tree = random_tree(rng, 11)
    weight, hidden = rng.normal(size=(10, 3)), rng.normal(size=3)
    rest = list(tree.codes), list(tree.points), numpy.arange(11)
    value = answer(weight, hidden, *rest)
    assert isinstance(value, dict)
    yield Identity("the probabilities sum to one", float(numpy.exp(value["ln P"]).sum()), 1.0)
    even = {"ln P": -tree.lengths * numpy.log(2.0), "rows read": tree.lengths}
    yield Identity("scores of 0 cost ln 2 a turn", answer(0.0 * weight, hidden, *rest), even)
