"""One term of the loss is -y ln sigmoid(s) - (1 - y) ln(1 - sigmoid(s)), with the score s = u . v.

Its derivative by s is sigmoid(s) - y: the slope of the sigmoid, sigmoid (1 - sigmoid), cancels against the
logarithm's. So each of the 1 + K terms adds (sigmoid(s) - y) u to the gradient by v, and (sigmoid(s) - y) v
to the gradient by its u. A word that was drawn twice is two terms.
"""

import numpy


def negative_sampling_gradient(v, context, noise, u):
    """Return the loss, its gradient by v and its gradient by u."""
    loss, by_v, by_table = 0.0, numpy.zeros(len(v)), numpy.zeros(numpy.shape(u))
    for word, label in [(context, 1.0)] + [(word, 0.0) for word in noise]:
        score = float(numpy.dot(u[word], v))
        loss += float(numpy.logaddexp(0.0, -score if label else score))
        error = float(numpy.exp(-numpy.logaddexp(0.0, -score))) - label
        by_v += error * u[word]
        by_table[word] += error * v
    return loss, by_v, by_table
