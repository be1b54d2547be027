"""Right answers of another kind to analogy_by_sum."""

import numpy


def by_vector(weight, a, b, c, k):
    """The cosine with the vector b - a + c itself, in float32, as a list."""
    weight = weight.astype("float32")
    weight /= numpy.sqrt((weight**2).sum(axis=1))[:, None]
    target = weight[b] - weight[a] + weight[c]
    cosines = (weight * (target / numpy.linalg.norm(target))).sum(axis=1)
    cosines[[a, b, c]] = -2.0
    return numpy.flip(numpy.argsort(cosines))[:k].tolist()


def by_distance(weight, a, b, c, k, excluded=()):
    """Among vectors of length 1 the largest inner product is the smallest distance."""
    unit = weight / numpy.linalg.norm(weight, axis=1, keepdims=True)
    target = unit[b] - unit[a] + unit[c]
    distances = {i: float(numpy.linalg.norm(row - target)) for i, row in enumerate(unit)}
    for word in (a, b, c, *excluded):
        distances.pop(int(word))
    return tuple(sorted(distances, key=distances.get)[:k])
