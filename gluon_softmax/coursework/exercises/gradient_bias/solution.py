"""The loss -x_t + ln sum_j exp(x_j) has the gradient softmax(x) - onehot(t) by the x that are in its sum.

x_j = s_j - ln Q_j, so the gradient by s_j is the same; a word with several terms gets the sum of theirs.
Words that were not drawn get nothing: with fixed candidates most words are never pushed down, while over many
draws every word is.
"""

import math

import numpy


def gradient_bias(scores, target, draws, expected):
    """Return the three gradients and the two biases."""

    def gradient(candidates, counts):
        words = [target] + [c for c in candidates if c != target]
        terms = [math.exp(scores[w] - math.log(counts[w])) for w in words]
        result = numpy.zeros(len(scores))
        for word, term in zip(words, terms):
            result[word] += term / sum(terms)
        result[target] -= 1.0
        return result

    full = gradient(range(len(scores)), numpy.ones(len(scores)))
    resampled = numpy.zeros(len(scores))
    for candidates in draws:
        resampled += gradient(candidates, expected) / len(draws)
    fixed = gradient(draws[0], expected)
    errors = [numpy.linalg.norm(mean - full) / numpy.linalg.norm(full) for mean in (resampled, fixed)]
    return numpy.array([full, resampled, fixed]), numpy.array(errors)
