"""The memory of fixed noise."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The memory of noise: fixed, or drawn for each batch",
    chapter="negative_sampling",
    section="The Data",
    kind="derive",
    minutes=15,
    hand_in="epoch_memory(num_contexts, num_noise_words, batch_size, bytes_per_id): two numbers of bytes",
    right_when="with all centres in one batch both numbers are the same",
    source="Dive into Deep Learning, section 15.3.5, and the last exercise of section 15.4",
    hints=(
        "How many noise words has a centre with n contexts? The ids of the contexts are not asked for.",
        "Fixed noise is there for all centres at once.",
        "Noise for the batch at hand is there for its centres alone; the memory must do for the worst batch.",
        "Sum n over all centres, and over each batch; the largest of the second. Multiply by K and by bytes.",
    ),
)


def examples() -> list[Example]:
    """Five centres in batches of two, which have 5, 5 and 2 contexts; ids of 4 bytes."""
    return [Example((numpy.array([2, 3, 1, 4, 2]), 5, 2, 4), (240, 100))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Centres of which the last batch has fewer, and a batch that has many contexts."""
    batch_size = int(rng.integers(3, 7))
    num_contexts = rng.integers(1, 8, size=5 * batch_size + int(rng.integers(1, batch_size)))
    num_contexts[2 * batch_size : 3 * batch_size] += rng.integers(4, 8, size=batch_size)
    return num_contexts, int(rng.integers(2, 9)), batch_size, int(rng.choice([2, 4]))


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of both numbers."""
    num_contexts, num_noise_words, batch_size, bytes_per_id = inputs(rng)
    fixed, drawn = answer(num_contexts, num_noise_words, batch_size, bytes_per_id)
    single = answer(num_contexts, num_noise_words, len(num_contexts), bytes_per_id)
    yield Identity("in one batch of all centres both are the same", single, (fixed, fixed))
    twice = answer(num_contexts, 2 * num_noise_words, batch_size, bytes_per_id)
    yield Identity("twice the noise words take twice the memory", twice, (2 * fixed, 2 * drawn))
    longer = answer(numpy.tile(num_contexts[:batch_size], 3), num_noise_words, batch_size, bytes_per_id)
    yield Identity("three equal batches take three times one", longer[0], 3 * longer[1])
