"""A word u with the label y has the log-likelihood y ln sigmoid(u.v) + (1 - y) ln(1 - sigmoid(u.v)).

Its derivative by the score u.v is y - sigmoid(u.v), so that a step of ascent adds g v to u and g u to v, with
g = alpha (y - sigmoid(u.v)). The program keeps the changes of v in a buffer (its neu1e) until all words are
done. So every word sees the same v, and v moves by the gradient of the sum of all terms at one point.
"""

import math

import numpy


def held_back_update(v, context, noise, u, alpha):
    """Return the centre's new vector and the new context vectors."""
    u = numpy.array(u, dtype=float)
    size = len(v)
    held_back = [0.0] * size
    for number, word in enumerate([context, *noise]):
        if number > 0 and word == context:
            continue
        label = 1 if number == 0 else 0
        score = sum(u[word, i] * v[i] for i in range(size))
        g = (label - 1 / (1 + math.exp(-score))) * alpha
        for i in range(size):
            held_back[i] += g * u[word, i]
        for i in range(size):
            u[word, i] += g * v[i]
    return numpy.array([v[i] + held_back[i] for i in range(size)]), u
