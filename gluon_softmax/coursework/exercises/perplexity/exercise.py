"""Perplexity from the losses of batches."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Perplexity over tokens, not over batches",
    chapter="sampled_softmax",
    section="The Language Model",
    kind="code",
    minutes=15,
    hand_in="perplexity(losses, masks): one number for a text that came in batches",
    right_when="it does not depend on how the text was cut into batches",
    source="Dive into Deep Learning, section 9.3.2; Jurafsky and Martin, chapter 3",
    hints=(
        "How many nats does the whole text cost, and how many tokens does it have?",
        "Keep two sums over the batches, of the losses and of the tokens; divide only at the end.",
        "A padded position is no token: it has no place in either sum.",
        "The exponential comes last, of the mean: exp(total nats / number of tokens).",
    ),
)


def examples() -> list[Example]:
    """A batch of three tokens at ln 2 and one of a token at ln 32: exp((3 ln 2 + 5 ln 2) / 4) = 4."""
    two, much = numpy.log(2.0), numpy.log(32.0)
    losses = [numpy.array([[two, two], [two, 9.0]]), numpy.array([[much, 9.0]])]
    masks = [numpy.array([[1, 1], [1, 0]]), numpy.array([[1, 0]])]
    return [Example((losses, masks), 4.0)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Batches of other sizes and levels, with padding, the last of them short."""
    losses, masks = [], []
    for size in (*rng.integers(4, 8, size=int(rng.integers(2, 4))).tolist(), 2):
        losses.append(rng.uniform(0.5, 3.0) + rng.exponential(2.0, size=(size, 3)))
        masks.append((numpy.arange(size)[:, None] < rng.integers(1, size + 1, size=3)).astype(int))
        masks[-1][-1, 0] = 0
        masks[-1][0, 0] = 1
    return losses, masks


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the perplexity."""
    losses = rng.exponential(4.0, size=(12, 2))
    ones = numpy.ones((12, 2), dtype=int)
    whole = answer([losses], [ones])
    yield Identity(
        "cut otherwise it is the same", answer([losses[:9], losses[9:]], [ones[:9], ones[9:]]), whole
    )
    flat = numpy.full((12, 2), numpy.log(50.0))
    yield Identity("a guess among 50 words has the perplexity 50", answer([flat, flat], [ones, ones]), 50.0)
    long = numpy.full((600, 4), numpy.log(50.0))
    many = answer([long], [numpy.ones((600, 4), dtype=int)])
    yield Identity("a long text does not overflow", many, 50.0)
