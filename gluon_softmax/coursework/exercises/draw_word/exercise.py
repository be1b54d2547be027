"""A word drawn with a temperature, from the k likeliest."""

from __future__ import annotations

from typing import Callable, Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

# Evenly spaced uniforms: a share is right to 1/100, in whatever order the words are laid out.
_NUM_DRAWS = 100

EXERCISE = Exercise(
    title="Drawing a word",
    chapter="sampled_softmax",
    section="Generating Text",
    kind="code",
    minutes=25,
    hand_in="draw_word(scores, temperature, k, uniform): the id of the word that a uniform number draws",
    right_when="the k likeliest words are drawn as often as their softmax says, others never",
    source="Fan et al. 2018, Hierarchical Neural Story Generation; Holtzman et al. 2020",
    hints=(
        "Divide the scores by the temperature. Which words remain if only the k best may be drawn?",
        "Take the softmax over those k alone, so that it sums to one; subtract the maximum first.",
        "Lay the k probabilities end to end on the line from 0 to 1. In whose part is the uniform number?",
        "Add the probabilities up one by one; return the first word where the sum is above the uniform.",
    ),
    rtol=0.0,
    atol=0.0201,
)


def examples() -> list[Example]:
    """Scores ln 1, ln 9, ln 4 and ln 2 at the temperature 2: square roots, 3 to 2 for the best two words."""
    return [
        Example((numpy.log([1.0, 9.0, 4.0, 2.0]), 2.0, 2, _uniforms()), numpy.array([0.0, 0.6, 0.4, 0.0]))
    ]


def _uniforms() -> numpy.ndarray:
    return (numpy.arange(_NUM_DRAWS) + 0.5) / _NUM_DRAWS


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Log-probabilities, so below 0, that lie near one another."""
    vocab_size = int(rng.integers(8, 12))
    scores = -1.0 - 0.3 * numpy.arange(vocab_size) - rng.uniform(0.0, 0.1, size=vocab_size)
    return rng.permutation(scores), float(rng.uniform(0.6, 0.7)), int(rng.integers(3, 5)), _uniforms()


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> numpy.ndarray:
    """Draw once for each uniform number, and give each word's share."""
    scores, temperature, k, uniforms = arguments
    size = numpy.asarray(scores).size
    drawn = []
    for uniform in numpy.asarray(uniforms).tolist():
        given = answer(numpy.array(scores), temperature, k, uniform)
        if given is None:
            raise ValueError(f"draw_word returned nothing (None) for uniform {uniform}")
        word = int(given)  # type: ignore[call-overload]
        if not 0 <= word < size:
            raise ValueError(f"draw_word gives an id from 0 to {size - 1}; got {word} for uniform {uniform}")
        drawn.append(word)
    return numpy.bincount(drawn, minlength=size) / len(drawn)


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the draw."""
    scores, _, _, uniforms = inputs(rng)
    array = numpy.asarray(scores)
    one = (numpy.arange(array.size) == array.argmax()).astype(float)
    yield Identity("with k = 1 the best word is drawn", answer(scores, 1.0, 1, uniforms), one)
    yield Identity("so it is with a low temperature", answer(scores, 1e-3, 4, uniforms), one)
    shifted = answer(array + 2000.0, 0.7, 4, uniforms)
    yield Identity("only differences of scores matter", shifted, answer(scores, 0.7, 4, uniforms))
    every = answer(numpy.log([0.2, 0.5, 0.3]), 1.0, 3, uniforms)
    yield Identity("with k = V it is the softmax", every, numpy.array([0.2, 0.5, 0.3]))
