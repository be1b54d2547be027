"""The gradient of negative sampling."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Negative sampling, with its gradients",
    chapter="negative_sampling",
    section="What word2vec.c Really Does",
    kind="code",
    minutes=40,
    hand_in="negative_sampling_gradient(v, context, noise, u): the loss and its gradients by v and by u",
    right_when="finite differences agree, and a noise word that was drawn twice moves twice as far",
    source="Dive into Deep Learning, section 15.2.1; Stanford CS224n, the word2vec assignment",
    hints=(
        "There are 1 + K scores; the context has the label 1, each noise word the label 0.",
        "The derivative of the loss by a score is sigmoid(score) - label, and nothing else is multiplied to "
        "it.",
        "The gradient by v is the sum of these numbers times their rows of u.",
        "Add to the rows of u in a loop, or by numpy.add.at: G[noise] += ... writes each row once only.",
    ),
    atol=1e-5,
)


def examples() -> list[Example]:
    """Scores of 0, so that each term costs ln 2 and each sigmoid is a half; word 2 is drawn twice."""
    v, table = numpy.array([2.0, 0.0]), numpy.array([[0.0, 1.0], [0.0, 3.0], [0.0, 5.0], [7.0, 7.0]])
    by_table = numpy.array([[-1.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 0.0]])
    value = (4 * numpy.log(2.0), numpy.array([0.0, 6.0]), by_table)
    return [Example((v, 0, numpy.array([1, 2, 2]), table), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A noise word that is drawn twice, and one that is drawn three times."""
    num_words, size = int(rng.integers(7, 10)), int(rng.integers(3, 5))
    context, *others = (int(i) for i in rng.permutation(num_words)[:5])
    noise = numpy.array([others[0]] * 2 + [others[1]] * 3 + others[2:])
    return rng.normal(size=size), context, rng.permutation(noise), rng.normal(size=(num_words, size))


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the gradient."""
    v, context, noise, table = inputs(rng)
    _, by_v, by_table = _parts(answer(v, context, noise, table))
    step, direction = 1e-4, rng.normal(size=v.size)
    ends = [_loss(v + sign * step * direction, context, noise, table) for sign in (1, -1)]
    yield Identity(
        "the loss moves along v as its gradient says", direction @ by_v, (ends[0] - ends[1]) / (2 * step)
    )
    directions = rng.normal(size=table.shape)
    ends = [_loss(v, context, noise, table + sign * step * directions) for sign in (1, -1)]
    slope = (ends[0] - ends[1]) / (2 * step)
    yield Identity("the loss moves along u as its gradient says", (directions * by_table).sum(), slope)
    again = _parts(answer(v, context, rng.permutation(noise), table))[2]
    yield Identity("the order of the noise words does not matter", again, by_table)
    large = _parts(answer(numpy.array([40.0]), 0, numpy.array([1]), numpy.array([[-20.0], [20.0]])))
    yield Identity("large scores do not overflow", large[0], 1600.0)


def _loss(v: numpy.ndarray, context: int, noise: numpy.ndarray, table: numpy.ndarray) -> float:
    scores = numpy.concatenate([-table[[context]] @ v, table[noise] @ v])
    return float(numpy.logaddexp(0.0, scores).sum())


def _parts(value: object) -> tuple[numpy.ndarray, ...]:
    return tuple(numpy.asarray(part, dtype="float64") for part in value)
