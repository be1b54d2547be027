"""With the score x of a node turn 0 has probability sigmoid(x), turn 1 has 1 - sigmoid(x) = sigmoid(-x).

A path's probability is the product over its turns; its negative logarithm is the sum of -ln sigmoid(s x) with
s = 1 - 2 c, that is 1 for turn 0 and -1 for turn 1. And -ln sigmoid(z) = ln(1 + exp(-z)), which
``numpy.logaddexp(0, -z)`` gives without overflow.
"""

import numpy


def path_loss(hidden, weight, codes, points, mask):
    """Return the losses, walked turn by turn."""
    losses = numpy.zeros(len(hidden))
    for position in range(len(hidden)):
        for turn, node, real in zip(codes[position], points[position], mask[position]):
            if real:
                score = float(weight[node] @ hidden[position])
                losses[position] += numpy.logaddexp(0.0, -score if turn == 0 else score)
    return losses
