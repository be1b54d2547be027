"""In a sum of cosines one large term outweighs the others; a product asks for all of them at once.

As ln score = ln near(x, b) + ln near(x, c) - ln near(x, a), it is a sum of logarithms, in which a difference
between small cosines counts more than one between large ones. near must not be negative for that: hence the
shift.
"""

import math

import numpy

EPSILON = 0.001


def analogy_by_product(weight, a, b, c, k):
    """Return the ids of the best answers, and their scores."""

    def near(x, y):
        product = math.fsum(p * q for p, q in zip(weight[x], weight[y]))
        return (product / (math.hypot(*weight[x]) * math.hypot(*weight[y])) + 1) / 2

    found = []
    for x in range(len(weight)):
        if x not in (a, b, c):
            found.append((near(x, b) * near(x, c) / (near(x, a) + EPSILON), x))
    found.sort(reverse=True)
    return numpy.array([x for _, x in found[:k]]), numpy.array([score for score, _ in found[:k]])
