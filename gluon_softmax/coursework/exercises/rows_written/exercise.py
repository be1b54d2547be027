"""What a step reads and writes of a table."""

from __future__ import annotations

import numpy

from gluon_softmax.coursework.exercise import Example, Exercise

EXERCISE = Exercise(
    title="The rows that a step reads and writes",
    chapter="negative_sampling",
    section="The Embedding Layer",
    kind="derive",
    minutes=25,
    hand_in="rows_written(ids, vocab_size, num_states): rows read and written, dense and sparse, and a size",
    right_when="the sparse counts do not depend on the vocabulary's size, and the dense ones grow with it",
    source="Dive into Deep Learning, section 15.4.5, exercise 1",
    hints=(
        "Make a table with a line for each stage and a column each for read and written.",
        "n positions are looked up, but a gradient has a row for each *different* word: U of them.",
        "Dense, written: n + V + (1 + s) V. Sparse, written: n + U + U + (1 + s) U.",
        "Sparse writes fewer if (2 + s) V > (3 + s) U, and V is a whole number: round down, then add 1.",
    ),
    rtol=1e-9,
)


def examples() -> list[Example]:
    """Six positions, four different words, Adam: 6 + 4 * 6 rows are written, or 6 + 5 * 4."""
    ids = numpy.array([3, 1, 3, 0, 2, 3])
    value = {"dense": (36, 30), "sparse": (32, 26), "from_size": 6}
    return [Example((ids, 6, 2), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A batch with repeats, of a table of many rows."""
    vocab_size, num_states = int(rng.integers(200, 1000)), int(rng.integers(1, 3))
    num_words = int(rng.integers(6, 12)) * (2 + num_states)
    words = rng.choice(vocab_size, size=num_words, replace=False)
    ids = rng.permutation(numpy.concatenate([words, words[: num_words // 2], words[:2]]))
    return ids, vocab_size, num_states
