"""What goes wrong with a step of word2vec.c."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "What word2vec.c Really Does"
MISTAKES = {
    "at_once": Mistake(
        "v moved after each word, so each word saw another v than the one before. The changes of v are held "
        "back in a buffer and added when the last word is done: only then do they add up to the gradient.",
        _SECTION,
    ),
    "moved_before_read": Mistake(
        "A word's row was moved first, and its new value went into v's change. Both gradients belong to the "
        "old values: read the row for the buffer, then move it.",
        _SECTION,
    ),
    "slope_again": Mistake(
        "g has the factor sigmoid * (1 - sigmoid), which the derivative of the logarithm has cancelled. The "
        "program takes (label - sigmoid) * alpha, and that is the gradient.",
        _SECTION,
        "https://github.com/NLPchina/Word2VEC_java/issues/1",
    ),
    "hit_counted": Mistake(
        "A noise word that is the context was taken for noise, and undid part of the context's own step. "
        "word2vec.c skips it.",
        _SECTION,
        "https://github.com/deborausujono/word2vecpy/issues/7",
    ),
    "repeats_once": Mistake(
        "A noise word that was drawn several times has moved once, as indexing with an array and += does it. "
        "Each drawing moves it.",
        _SECTION,
        "https://github.com/ZacBi/CS224n-2019-solutions/issues/5",
    ),
    "repeats_from_the_start": Mistake(
        "All drawings of a noise word were computed from its row at the start of the step. The program goes "
        "word by word, so the second drawing reads what the first has left.",
        _SECTION,
    ),
    "sign_turned": Mistake(
        "g is sigmoid - label and was added, so the context moves away and the noise comes nearer. What is "
        "added is the gradient of the log-likelihood, label - sigmoid.",
        _SECTION,
    ),
}


def held_back_update(v, context, noise, u, alpha, *, wrong):
    """Return the vectors after a step with the mistakes in `wrong`."""
    start, u, center = u.copy(), u.copy(), v.copy()
    held_back = numpy.zeros_like(v)
    keeps = numpy.concatenate([[True], (noise != context) | ("hit_counted" in wrong)])
    words = numpy.concatenate([[context], noise])
    labels = numpy.eye(1, len(words))[0]
    for word, label in zip(words[keeps], labels[keeps]):
        row = start[word] if {"repeats_once", "repeats_from_the_start"} & set(wrong) else u[word].copy()
        p = 0.5 * (1 + numpy.tanh(row @ center / 2))
        g = alpha * (p - label if "sign_turned" in wrong else label - p)
        if "slope_again" in wrong:
            g *= p * (1 - p)
        step = g * center
        u[word] = (row if "repeats_once" in wrong else u[word]) + step
        change = g * (row + step if "moved_before_read" in wrong else row)
        if "at_once" in wrong:
            center = center + change
        held_back += change
    return v + held_back, u
