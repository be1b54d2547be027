"""The loss is L = ln(sum_j exp(u_j . v)) - u_o . v, for the context o.

By the score s_j = u_j . v it is dL/ds_j = exp(s_j) / sum_i exp(s_i) - [j = o] = p_j - y_j. Since s_j depends
on v by u_j and on u_j by v,

    dL/dv = sum_j (p_j - y_j) u_j = (the mean of the u_j under p) - u_o,    dL/du_j = (p_j - y_j) v.

Every row of u gets a gradient: this is what makes the full softmax dear. A constant that is subtracted from
all scores cancels in p, and with the largest of them no exp is above 1.
"""

import math

import numpy


def softmax_gradient(v, context, u):
    """Return the loss, its gradient by v and its gradient by u."""
    scores = [float(numpy.dot(row, v)) for row in u]
    largest = max(scores)
    total = sum(math.exp(score - largest) for score in scores)
    loss = math.log(total) + largest - scores[context]
    by_v, by_table = numpy.zeros(len(v)), numpy.zeros(numpy.shape(u))
    for word, score in enumerate(scores):
        error = math.exp(score - largest) / total - (1 if word == context else 0)
        by_v += error * numpy.asarray(u[word])
        by_table[word] = error * numpy.asarray(v)
    return loss, by_v, by_table
