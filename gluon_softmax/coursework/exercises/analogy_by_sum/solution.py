"""The answer x has the largest cosine with b - a + c.

For vectors of length 1 that is cos(x, b) - cos(x, a) + cos(x, c) over the length of b - a + c, which is the
same for all x. So the order is that of a sum of three cosines: hence 3CosAdd.
"""

import math

import numpy


def analogy_by_sum(weight, a, b, c, k):
    """Return the ids of the best answers."""

    def cosine(x, y):
        product = sum(p * q for p, q in zip(weight[x], weight[y]))
        return product / (math.hypot(*weight[x]) * math.hypot(*weight[y]))

    others = [x for x in range(len(weight)) if x not in (a, b, c)]
    others.sort(key=lambda x: -(cosine(x, b) - cosine(x, a) + cosine(x, c)))
    return numpy.array(others[:k])
