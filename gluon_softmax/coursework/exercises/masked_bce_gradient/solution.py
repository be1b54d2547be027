"""The loss of a score x with label y is ln(1 + exp(x)) - x y.

Its derivative is

    exp(x) / (1 + exp(x)) - y = sigmoid(x) - y.

The logarithm has cancelled the factor sigmoid (1 - sigmoid) that the derivative of sigmoid alone has. A row's
loss is a mean over n real positions, so each has 1 / n of that, and padding, which is not in the loss, has 0.
word2vec.c goes uphill on the log-likelihood, and so has the other sign, label - sigmoid.
"""

import math

import numpy


def masked_bce_gradient(pred, label, mask):
    """Return the derivative for each score."""
    gradient = numpy.zeros(numpy.shape(pred))
    for row in range(len(pred)):
        real = [i for i in range(len(pred[row])) if mask[row][i]]
        for i in real:
            gradient[row, i] = (sigmoid(pred[row][i]) - label[row][i]) / len(real)
    return gradient


def sigmoid(x):
    """Return 1 / (1 + exp(-x)), by the exponential that cannot overflow."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    return math.exp(x) / (1.0 + math.exp(x))
