"""Clipping by the global norm."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Clipping by the global norm",
    chapter="sampled_softmax",
    section="The Language Model",
    kind="code",
    minutes=15,
    hand_in="clip_by_global_norm(gradients, clip_norm): the gradients, scaled down where they are too long",
    right_when="the direction never changes, and a short gradient is left as it is",
    source="Pascanu et al. 2013; Dive into Deep Learning, section 9.5.3",
    hints=(
        "Think of all arrays as one long vector. What is its Euclidean norm?",
        "Add up the squares of all arrays before the square root is taken, once.",
        "The factor is the same for all arrays: clip_norm / norm, but never more than 1.",
        "Do nothing if norm <= clip_norm; then a norm of 0 is never divided by.",
    ),
)


def examples() -> list[Example]:
    """3, 4 and 12 have the norm 13; a short gradient stays, and so does one of zeros."""
    gradients = [numpy.array([[3.0], [4.0]]), numpy.array([12.0])]
    short = [numpy.array([0.3, -0.4]), numpy.array([[0.0]])]
    zeros = [numpy.zeros(2), numpy.zeros((1, 3))]
    return [
        Example((gradients, 6.5), [numpy.array([[1.5], [2.0]]), numpy.array([6.0])]),
        Example((short, 1.0), short),
        Example((zeros, 1.0), zeros),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Arrays of several shapes and lengths, longer together than the clip norm, some shorter alone."""
    gradients = [
        rng.normal(scale=scale, size=size) for scale, size in ((2.0, (3, 2)), (0.05, 4), (1.0, (2, 2)))
    ]
    norm = float(numpy.sqrt(sum((array**2).sum() for array in gradients)))
    return gradients, norm * float(rng.uniform(0.3, 0.6))


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the clipping."""
    gradients, clip_norm = inputs(rng)
    clipped = answer(gradients, clip_norm)
    assert isinstance(clipped, tuple)
    length = float(numpy.sqrt(sum((numpy.asarray(array, dtype=float) ** 2).sum() for array in clipped)))
    yield Identity("what is too long has the clip norm then", length, clip_norm)
    again = answer([numpy.asarray(array, dtype=float) for array in clipped], clip_norm)
    yield Identity("clipping twice is clipping once", again, clipped)
