"""Huffman's codes of counts."""

from __future__ import annotations

from typing import Callable, Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Huffman's codes",
    chapter="hierarchical_softmax",
    section="Huffman's Tree",
    kind="code",
    minutes=35,
    hand_in="huffman_codes(counts): a code for each word, its turns from the root",
    right_when="no code begins another, and no other tree takes fewer turns over the text",
    source="Huffman 1952, A Method for the Construction of Minimum-Redundancy Codes; word2vec.c",
    hints=(
        "Keep a pool of nodes, each with its count and the words below it. It begins with one node a word.",
        "Take the two nodes of the smallest counts out of the pool and put one node with their sum into it.",
        "With each join the words below the one node get the turn 0, those below the other the turn 1.",
        "Joins go from the leaves to the root, so a new turn stands before those that a code has already.",
    ),
)


def examples() -> list[Example]:
    """The chapter's five words, and five of which a tree that is split from the top is longer."""
    facts = {"turns over the text": 59, "Kraft sum": 1.0, "no code begins another": True}
    split = numpy.array([15, 7, 6, 6, 5])
    return [
        Example((numpy.array([8, 6, 5, 4, 3]),), facts),
        Example((split,), {**facts, "turns over the text": 87}),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Counts as Zipf's law has them, in no order, with a tie and a word that was never seen."""
    vocab_size = int(rng.integers(14, 22))
    counts = numpy.sort(rng.integers(1, 30, size=vocab_size) + 600 // numpy.arange(1, vocab_size + 1))
    counts[3] = counts[2]
    counts[0] = 0
    return (rng.permutation(counts),)


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> dict[str, object]:
    """What makes codes right, whichever of the best trees they belong to."""
    counts = numpy.asarray(arguments[0])
    given = answer(*arguments)
    if given is None:
        raise ValueError("huffman_codes returned nothing (None)")
    codes = [tuple(int(turn) for turn in code) for code in given]
    if len(codes) != len(counts):
        raise ValueError(f"{len(codes)} codes where {len(counts)} are expected")
    if not all(turn in (0, 1) for code in codes for turn in code):
        raise ValueError("a code takes the turns 0 and 1")
    pairs = ((one, other) for i, one in enumerate(codes) for j, other in enumerate(codes) if i != j)
    return {
        "turns over the text": sum(int(count) * len(code) for count, code in zip(counts, codes)),
        "Kraft sum": sum(0.5 ** len(code) for code in codes),
        "no code begins another": not any(other[: len(one)] == one for one, other in pairs),
    }


def identities(answer: Answer, _: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the codes."""
    facts = {"turns over the text": 24, "Kraft sum": 1.0, "no code begins another": True}
    yield Identity("eight equal counts give codes of three turns", answer(numpy.ones(8, int)), facts)
    alone = {"turns over the text": 5, "Kraft sum": 1.0, "no code begins another": True}
    yield Identity("two words take one turn each", answer(numpy.array([2, 3])), alone)
    powers = 2 ** numpy.arange(12)
    chain = sum(int(count) * min(12 - i, 11) for i, count in enumerate(powers))
    facts = {"turns over the text": chain, "Kraft sum": 1.0, "no code begins another": True}
    yield Identity("powers of two give a chain", answer(powers), facts)
