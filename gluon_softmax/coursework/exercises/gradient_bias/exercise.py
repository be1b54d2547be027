"""Fixed against resampled candidates."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Fixed against resampled candidates",
    chapter="sampled_softmax",
    section="The Loss",
    kind="measure",
    minutes=40,
    hand_in="gradient_bias(scores, target, draws, expected): three gradients, and how far two are off",
    right_when="each gradient sums to zero, and the bias is that of the mean, not the mean of the errors",
    source="Bengio and Senecal 2008, Adaptive Importance Sampling, section 4; the chapter's measurement",
    hints=(
        "The gradient of a cross-entropy by the scores is softmax minus one-hot, here over the words that "
        "are in the sum.",
        "A word that was drawn twice has two terms in the sum; one that was not drawn has a gradient of 0.",
        "Resampled: take the gradient of each draw, then the mean. Fixed: the first draw's, at every step.",
        "The bias of a mean gradient g is norm(g - full) / norm(full). Subtract first, then take the norm.",
    ),
)


def examples() -> list[Example]:
    """Three words with equal scores: the target 0 against word 1, then against word 2."""
    draws, expected = numpy.array([[1], [2]]), numpy.array([1.0, 1.0, 1.0])
    gradients = numpy.array([[-2 / 3, 1 / 3, 1 / 3], [-0.5, 0.25, 0.25], [-0.5, 0.5, 0.0]])
    value = (gradients, numpy.array([0.25, 0.5]))
    return [Example((numpy.zeros(3), 0, draws, expected), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Draws with repeated words and with hits."""
    vocab_size, num_draws, num_sampled = int(rng.integers(8, 12)), 12, 5
    probability = rng.dirichlet(numpy.full(vocab_size, 2.0))
    draws = rng.choice(vocab_size, p=probability, size=(num_draws, num_sampled))
    target = int(rng.integers(vocab_size))
    others = numpy.setdiff1d(numpy.arange(vocab_size), [target])
    draws[0, :4] = rng.permutation([target, others[0], others[0], others[1]])
    return rng.normal(scale=1.5, size=vocab_size), target, draws, num_sampled * probability


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the gradients."""
    scores, target, draws, expected = inputs(rng)
    gradients, _ = answer(scores, target, draws, expected)
    yield Identity("each gradient sums to zero", numpy.sum(gradients, axis=1), numpy.zeros(3))
    every = numpy.tile(numpy.arange(len(scores)), (2, 1))
    gradients, errors = answer(scores, target, every, numpy.ones(len(scores)))
    law = "with every word sampled all three gradients are equal"
    yield Identity(law, gradients, numpy.tile(gradients[0], (3, 1)))
    yield Identity("with every word sampled there is no bias", errors, numpy.zeros(2))
