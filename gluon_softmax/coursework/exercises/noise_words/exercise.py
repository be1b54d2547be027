"""Noise words that avoid the contexts."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Noise words that avoid the contexts",
    chapter="negative_sampling",
    section="The Data",
    kind="code",
    minutes=20,
    hand_in="noise_words(contexts, drawn, num_noise_words): the noise words of each centre",
    right_when="a centre with n contexts has n K noise words, none of them one of its contexts",
    source="Dive into Deep Learning, section 15.3.4",
    hints=(
        "How many noise words does a centre with n contexts need? It is not K.",
        "Take the drawn words one after another; where one centre stops, the next goes on.",
        "A drawn word that is *any* of the centre's contexts is passed over, and does not count.",
        "Keep one iterator over `drawn` for all centres, and append to a row until it is full.",
    ),
)


def examples() -> list[Example]:
    """Two centres: 7 and 3 are passed over for the first, and 5 for the second, which keeps a 7."""
    contexts, drawn = [[7, 3], [5]], numpy.array([9, 7, 4, 3, 4, 5, 5, 7, 2, 8])
    return [Example((contexts, drawn, 2), ((9, 4, 4, 5), (7, 2)))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Contexts that are frequent among the drawn words, and a drawn word that is repeated."""
    num_words = 30
    sizes = [2, *(int(n) for n in rng.integers(1, 5, size=3)), 3]
    contexts = [rng.choice(numpy.arange(1, num_words), size=n, replace=False) for n in sizes]
    weights = 1.0 / numpy.arange(1, num_words)
    weights[numpy.concatenate(contexts) - 1] += 0.2
    drawn = rng.choice(numpy.arange(1, num_words), size=500, p=weights / weights.sum())
    other = next(word for word in range(1, num_words) if word not in contexts[0])
    drawn[:4] = [contexts[0][1], other, contexts[0][0], other]
    return [row.tolist() for row in contexts], drawn, int(rng.integers(2, 5))


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of noise words."""
    contexts, drawn, num_noise_words = inputs(rng)
    noise = answer(contexts, drawn, num_noise_words)
    sizes = [len(row) * num_noise_words for row in contexts]
    yield Identity("K noise words for each context", [len(row) for row in noise], sizes)
    hits = sum(word in row for row, words in zip(contexts, noise) for word in words)
    yield Identity("no noise word is a context of its centre", hits, 0)
    away = numpy.asarray(drawn) + 100
    taken = [word for row in answer(contexts, away, num_noise_words) for word in row]
    yield Identity("where nothing hits, the words are taken as they come", taken, away[: len(taken)])
