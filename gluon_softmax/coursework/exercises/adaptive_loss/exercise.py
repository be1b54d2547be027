"""The loss of adaptive softmax."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The loss of adaptive softmax",
    chapter="adaptive_softmax",
    section="Two Softmaxes",
    kind="code",
    minutes=35,
    hand_in="adaptive_loss(hidden, target, head_weight, tails, cutoffs): one loss per position",
    right_when="the probabilities exp(-loss) of all words as targets sum to one",
    source="Grave et al. 2017, Efficient softmax approximation for GPUs, section 4",
    hints=(
        "Which part is a word in? The number of cutoffs that are at most its id says so: 0 is the head.",
        "The head's softmax is over its words and its slots together, for every position.",
        "A word of a tail has two terms: the loss of the tail's slot in the head, and its own in the tail.",
        "Slot i stands at cutoffs[0] + i of the head, word w at w - cutoffs[i] of tail i; its scores are "
        "weight @ (projection @ hidden).",
    ),
)


def examples() -> list[Example]:
    """Seven words cut at 2 and 5, with weights whose exponentials are whole numbers."""
    head = numpy.log([[1.0], [2.0], [3.0], [4.0]])  # two words, two slots: shares of 0.1 to 0.4
    one = numpy.ones((1, 1))
    tails = ((one, numpy.log([[1.0], [2.0], [2.0]])), (one, numpy.log([[1.0], [3.0]])))
    target = numpy.array([0, 1, 2, 3, 5, 6])
    value = -numpy.log([0.1, 0.2, 0.3 * 0.2, 0.3 * 0.4, 0.4 * 0.25, 0.4 * 0.75])
    return [Example((numpy.ones((6, 1)), target, head, tails, (2, 5)), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Three tails, one of them without a target; targets where the parts begin and end."""
    sizes, in_units = rng.integers(4, 8, size=4), 8
    begin = numpy.concatenate([[0], numpy.cumsum(sizes)])
    target = [0, begin[1] - 1]
    empty = int(rng.integers(2, 4))
    for part in (1, 2, 3):
        if part != empty:
            target += [begin[part], begin[part] + int(rng.integers(1, 3)), begin[part + 1] - 1]
    tails = tuple(
        (rng.normal(scale=0.5, size=(width, in_units)), rng.normal(size=(sizes[1 + i], width)))
        for i, width in enumerate((4, 2, 1))
    )
    head_weight = rng.normal(scale=0.5, size=(sizes[0] + 3, in_units))
    cutoffs = tuple(int(place) for place in begin[1:4])
    target = rng.permutation(target)
    return rng.normal(size=(len(target), in_units)), target, head_weight, tails, cutoffs


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the loss."""
    hidden, _, head_weight, tails, cutoffs = inputs(rng)
    vocab_size = cutoffs[-1] + len(tails[-1][1])
    every = numpy.arange(vocab_size)
    losses = answer(numpy.tile(hidden[0], (vocab_size, 1)), every, head_weight, tails, cutoffs)
    law = "the probabilities of all words sum to one"
    yield Identity(law, numpy.sum(numpy.exp(-numpy.asarray(losses))), 1.0)
    one = answer(hidden[:1], every[:1], 1000.0 * head_weight, tails, cutoffs)
    yield Identity("large scores do not overflow", numpy.isfinite(numpy.asarray(one)), numpy.array([True]))
