"""How many numbers an adaptive softmax has."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="How many numbers an adaptive softmax has",
    chapter="adaptive_softmax",
    section="Two Softmaxes",
    kind="derive",
    minutes=20,
    hand_in="adaptive_parameters(vocab_size, embed_size, num_hiddens, cutoffs, div_value): counts by part",
    right_when="they are the sizes of the parameters that gs.AdaptiveSoftmax prints in the chapter",
    source="Grave et al. 2017, section 4; PyTorch, AdaptiveLogSoftmaxWithLoss",
    hints=(
        "What does the output layer take: the word's row, or the state of the recurrent network?",
        "The head has a row for each of its words and one for each tail.",
        "Tail i is narrower than the head by div_value ** (i + 1); part of a number is none.",
        "projection i: width_i * num_hiddens; tail i: k_i * width_i; the last tail ends at vocab_size.",
    ),
)


def examples() -> list[Example]:
    """The chapter's twenty words, cut at 5, 10 and 15, below a table of rows of 12 numbers."""
    value = {
        "embedding": 240,
        "head": 128,
        "projections": (128, 64, 32),
        "tails": (40, 20, 10),
        "total": 662,
    }
    return [Example((20, 12, 16, (5, 10, 15), 2.0), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Widths that do not divide evenly, tails of different sizes."""
    num_tails, div_value = int(rng.integers(2, 4)), float(rng.integers(2, 5))
    num_hiddens = int(div_value**3 * rng.integers(2, 5)) + 1
    places = numpy.cumsum(rng.permutation([3, 5, 8, 13])[: num_tails + 1] * int(rng.integers(2, 9)))
    cutoffs = tuple(int(place) for place in places[:-1])
    return int(places[-1]), num_hiddens + int(rng.integers(3, 20)), num_hiddens, cutoffs, div_value


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the counts."""
    arguments = inputs(rng)
    value = answer(*arguments)
    parts = value["embedding"] + value["head"] + sum(value["projections"]) + sum(value["tails"])
    yield Identity("the total is the sum of the parts", value["total"], parts)
