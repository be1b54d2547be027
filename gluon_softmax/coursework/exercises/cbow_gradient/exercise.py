"""CBOW's hidden vector and its gradient."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="CBOW: the mean of the contexts, with its gradient",
    chapter="negative_sampling",
    section="What word2vec.c Really Does",
    kind="code",
    minutes=40,
    hand_in="cbow_gradient(contexts, mask, weight, by_hidden): hidden, and the gradient by weight",
    right_when="finite differences agree, and padding has no gradient",
    source="Dive into Deep Learning, section 15.1.4; Mikolov et al. 2013 (arXiv 1301.3781), section 3.1",
    hints=(
        "A window's hidden vector is the sum of its real contexts' rows over their number n.",
        "A row enters the mean with the factor 1/n, so its gradient is the window's by_hidden times 1/n.",
        "A word may stand twice in a window, and in several windows: its gradients add up.",
        "by_table[word] += by_hidden[b] / n in a loop over the real positions; or numpy.add.at.",
    ),
    atol=1e-5,
)


def examples() -> list[Example]:
    """Word 1 stands twice in a window; the second is padded by word 0; the third has no word."""
    weight = numpy.array([[8.0, 8.0], [3.0, 0.0], [0.0, 3.0], [6.0, 0.0]])
    contexts = numpy.array([[1, 2, 1], [3, 0, 0], [0, 0, 0]])
    mask = numpy.array([[1, 1, 1], [1, 0, 0], [0, 0, 0]])
    by_hidden = numpy.array([[3.0, 0.0], [0.0, 5.0], [7.0, 7.0]])
    hidden = numpy.array([[2.0, 1.0], [6.0, 0.0], [0.0, 0.0]])
    by_table = numpy.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.0], [0.0, 5.0]])
    return [Example((contexts, mask, weight, by_hidden), (hidden, by_table))]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Windows with padding by a word that is a context elsewhere, with repeats, and one without a context."""
    num_words, size, num_windows, length = int(rng.integers(6, 9)), 3, 5, 6
    contexts = rng.integers(num_words, size=(num_windows, length))
    contexts[:, 1] = contexts[:, 0]
    mask = (numpy.arange(length) < rng.integers(2, length, size=(num_windows, 1))).astype("int64")
    mask[-1] = 0
    contexts[mask == 0] = 0
    contexts[0, 0] = 0
    weight, by_hidden = rng.normal(size=(num_words, size)), rng.normal(size=(num_windows, size))
    return contexts, mask, weight, by_hidden


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the mean."""
    contexts, mask, weight, by_hidden = inputs(rng)
    hidden, by_table = _parts(answer(contexts, mask, weight, by_hidden))
    direction = rng.normal(size=weight.shape)  # hidden is linear in the table, so a step may be long
    ends = [answer(contexts, mask, weight + sign * direction, by_hidden) for sign in (1, -1)]
    change = _parts(ends[0])[0] - _parts(ends[1])[0]
    slope = (by_hidden * change).sum() / 2
    yield Identity("hidden moves with the table as the gradient says", (direction * by_table).sum(), slope)
    wider = rng.integers(len(weight), size=(len(contexts), 3))
    padded = answer(
        numpy.concatenate([contexts, wider], axis=1),
        numpy.concatenate([mask, numpy.zeros_like(wider)], axis=1),
        weight,
        by_hidden,
    )
    yield Identity("padding changes nothing", padded, (hidden, by_table))


def _parts(value: object) -> tuple[numpy.ndarray, ...]:
    return tuple(numpy.asarray(part, dtype="float64") for part in value)
