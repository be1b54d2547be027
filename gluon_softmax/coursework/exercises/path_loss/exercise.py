"""The loss of a path."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity
from gluon_softmax.coursework.random_tree import random_tree
from gluon_softmax.vocabulary.huffman import build_huffman

EXERCISE = Exercise(
    title="The loss of a path",
    chapter="hierarchical_softmax",
    section="The Loss",
    kind="code",
    minutes=25,
    hand_in="path_loss(hidden, weight, codes, points, mask): the loss of each position",
    right_when="exp(-loss) over all words sums to one, and padding changes nothing",
    source="Morin and Bengio 2005; Dive into Deep Learning, section 15.2.2",
    hints=(
        "Look up the inner nodes' vectors first: weight[points] has the shape (N, L, d).",
        "One score a turn: the product of a node's vector with the position's hidden vector, (N, L).",
        "Turn 0 has probability sigmoid(score) and turn 1 has sigmoid(-score): the sign is 1 - 2 * code.",
        "The loss of a turn is numpy.logaddexp(0, -sign * score); multiply by the mask, then add up a row.",
    ),
)


def examples() -> list[Example]:
    """The chapter's five words: the path of word 3 turns both ways, those of words 1 and 2 are padded."""
    codes, points, mask = build_huffman([8, 6, 5, 4, 3]).padded()
    weight = numpy.array([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0], [2.0, 1.0]])
    hidden = numpy.array([[1.0, -0.5], [0.5, 0.5], [-1.0, 1.0]])
    rows = [3, 1, 2]
    return [
        Example(
            (hidden, weight, codes[rows], points[rows], mask[rows]),
            numpy.array([3.216088, 1.175490, 1.626523]),
        )
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Paths of a random tree, with scores that are small and large."""
    tree = random_tree(rng, int(rng.integers(9, 14)))
    codes, points, mask = tree.padded()
    words = numpy.concatenate(
        [[tree.lengths.argmin()], rng.integers(len(tree), size=int(rng.integers(4, 7)))]
    )
    hidden = rng.normal(scale=2.0, size=(len(words), 4))
    return hidden, rng.normal(scale=1.5, size=(len(tree) - 1, 4)), codes[words], points[words], mask[words]


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the loss."""
    hidden, weight, codes, points, mask = (numpy.asarray(value) for value in inputs(rng))
    flat = answer(numpy.zeros_like(hidden), weight, codes, points, mask)
    yield Identity("a turn of score 0 costs ln 2", flat, mask.sum(axis=1) * numpy.log(2.0))
    ones = numpy.ones((len(codes), 2), dtype=int)
    padded = answer(
        hidden,
        weight,
        numpy.concatenate([codes, ones], 1),
        numpy.concatenate([points, ones], 1),
        numpy.concatenate([mask, ones == 0], 1),
    )
    yield Identity("padding changes nothing", padded, answer(hidden, weight, codes, points, mask))
    tree = random_tree(rng, 9)
    hidden, weight = numpy.tile(rng.normal(size=3), (9, 1)), rng.normal(size=(8, 3))
    losses = numpy.asarray(answer(hidden, weight, *tree.padded()), dtype=float)
    yield Identity("the probabilities of all words sum to one", float(numpy.exp(-losses).sum()), 1.0)
    one = numpy.ones((1, 1))
    large = answer(one, 800.0 * one, one.astype(int), numpy.zeros((1, 1), dtype=int), one == 1)
    yield Identity("large scores do not overflow", large, numpy.array([800.0]))
