"""A step of word2vec.c."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The delayed update of word2vec.c",
    chapter="negative_sampling",
    section="What word2vec.c Really Does",
    kind="code",
    minutes=30,
    hand_in="held_back_update(v, context, noise, u, alpha): v and u after one step",
    right_when="v moves by -alpha times the gradient of the loss, as finite differences give it",
    source="word2vec.c, the negative sampling of the skip-gram; the chapter's toy on the delayed update",
    hints=(
        "Go through the context and then the noise words. For each, g = (label - sigmoid(u . v)) * alpha.",
        "Two vectors move by g: the word's by g * v, and v by g * the word's.",
        "v itself stays as it is until the last word: add its changes to a buffer of zeros.",
        "For each word: first g, then buffer += g * u[word], then u[word] += g * v. At the end v += buffer.",
    ),
    atol=1e-5,
)


def examples() -> list[Example]:
    """Scores of 0: the context has g = 0.5, the first noise word g = -0.5; the noise word 0 is a hit."""
    v, u = numpy.array([1.0, 0.0]), numpy.array([[0.0, 2.0], [0.0, 4.0], [3.0, 3.0]])
    moved = numpy.array([[0.5, 2.0], [-0.5, 4.0], [3.0, 3.0]])
    return [Example((v, 0, numpy.array([1, 0]), u, 1.0), (numpy.array([1.0, -1.0]), moved))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A noise word that was drawn three times, and one that is the context."""
    num_words, size = int(rng.integers(6, 9)), int(rng.integers(3, 5))
    context, *others = (int(i) for i in rng.permutation(num_words)[:4])
    noise = rng.permutation([others[0]] * 3 + others[1:] + [context])
    alpha = float(rng.uniform(0.2, 0.5))
    return rng.normal(size=size), context, noise, rng.normal(size=(num_words, size)), alpha


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the step."""
    v, context, _, u, _ = inputs(rng)
    noise = numpy.array([i for i in range(len(u)) if i != context])
    same = answer(v, context, noise, u, 0.0)
    yield Identity("with alpha = 0 nothing moves", same, (v, u))
    moved, _ = answer(v, context, noise, u, 1.0)
    step, direction = 1e-4, rng.normal(size=v.size)
    ends = [_loss(v + sign * step * direction, context, noise, u) for sign in (1, -1)]
    slope = (ends[0] - ends[1]) / (2 * step)
    change = numpy.asarray(moved, dtype="float64") - v
    yield Identity("v moves against the gradient of the loss", direction @ change, -slope)


def _loss(v: numpy.ndarray, context: int, noise: numpy.ndarray, u: numpy.ndarray) -> float:
    scores = numpy.concatenate([-u[[context]] @ v, u[noise] @ v])
    return float(numpy.logaddexp(0.0, scores).sum())
