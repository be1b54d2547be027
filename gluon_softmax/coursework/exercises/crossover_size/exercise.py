"""From which vocabulary size a tree costs more than noise words."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Where a tree costs more than noise words",
    chapter="hierarchical_softmax",
    section="Huffman's Tree",
    kind="derive",
    minutes=40,
    hand_in="crossover_size(counts, num_noise_words): two vocabulary sizes, for balanced and Huffman's trees",
    right_when="equal counts give the same size twice, and a power of two of words is not yet more",
    source="Mikolov et al. 2013, Distributed Representations of Words and Phrases, section 2",
    hints=(
        "Negative sampling takes a product for the context and one for each noise word: 1 + K.",
        "A balanced tree takes log2 V products a word. For which V is that just 1 + K, and which V is "
        "the first beyond?",
        "For Huffman's tree the cost of a text counts: a word's turns times its share of the text, added up.",
        "The mean length is the sum of all joined counts over the total count; try V = 2, 3, 4 and so on.",
    ),
)


def examples() -> list[Example]:
    """Equal counts; five words with 53 turns over a text of 26; counts with paths below two turns."""
    return [
        Example((numpy.ones(20, dtype=int), 2), (9, 9)),
        Example((numpy.array([12, 5, 5, 3, 1]), 1), (5, 5)),
        Example((numpy.array([64, 32, 16, 8, 4, 2, 1, 1]), 1), (5, None)),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Counts that fall as Zipf's law has them."""
    ranks = numpy.arange(1, 161) + rng.uniform(1.0, 3.0)
    return numpy.round(1e5 * ranks ** -rng.uniform(0.95, 1.05)).astype(int), int(rng.integers(2, 4))


def identities(answer: Answer, _: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the sizes."""
    equal = numpy.full(70, 3)
    yield Identity("equal counts give the same size twice", answer(equal, 5), (65, 65))
    scaled = numpy.array([50, 30, 20, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    yield Identity("only the shares of the counts matter", answer(scaled * 7, 1), answer(scaled, 1))
