"""Right answers of another kind to analogy_by_product."""

import numpy


def in_place(weight, a, b, c, k):
    """Scale the argument itself; scores by einsum, as lists."""
    weight /= numpy.linalg.norm(weight, axis=1)[:, None]
    near_a, near_b, near_c = 0.5 * numpy.einsum("vd,qd->qv", weight, weight[[a, b, c]]) + 0.5
    scores = near_b * near_c / (near_a + 1e-3)
    ids = [int(i) for i in numpy.argsort(scores)[::-1] if i not in {a, b, c}]
    return ids[:k], [float(scores[i]) for i in ids[:k]]


def by_logarithms(weight, a, b, c, k, epsilon=0.001):
    """A sum of logarithms, and exp at the end."""
    unit = weight / numpy.sqrt(numpy.square(weight).sum(axis=1, keepdims=True))
    near = numpy.clip((1 + unit @ unit[[a, b, c]].T) / 2, 1e-300, 1)
    logs = numpy.log(near[:, 1]) + numpy.log(near[:, 2]) - numpy.log(near[:, 0] + epsilon)
    logs[[a, b, c]] = -numpy.inf
    order = numpy.lexsort((numpy.arange(len(logs)), -logs))[:k]
    return order, numpy.exp(logs[order])
