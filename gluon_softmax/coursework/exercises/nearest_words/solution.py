"""The cosine of two vectors is their inner product over the product of their lengths.

It asks for the direction alone: a frequent word's vector is often longer, and an inner product would favour
it.
"""

import math

import numpy


def nearest_words(weight, word, k):
    """Return the ids of the nearest words, and their cosines."""
    found = []
    for other in range(len(weight)):
        if other != word:
            product = math.fsum(x * y for x, y in zip(weight[word], weight[other]))
            lengths = math.hypot(*weight[word]) * math.hypot(*weight[other])
            found.append((-product / lengths if lengths else 0.0, other))
    found.sort()
    return numpy.array([other for _, other in found[:k]]), numpy.array([-cosine for cosine, _ in found[:k]])
