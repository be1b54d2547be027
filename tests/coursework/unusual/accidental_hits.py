"""Unusual right answers."""

import numpy


def in_place(scores, target, candidates):
    """Write into the argument, a column at a time."""
    for column, candidate in enumerate(candidates, start=1):
        scores[target == candidate, column] = float("-inf")
    return scores


def by_addition(scores, target, candidates):
    """Add the logarithm of a mask, in float32."""
    with numpy.errstate(divide="ignore"):
        kept = numpy.log((target.reshape(-1, 1) != candidates).astype("float32"))
    return numpy.concatenate([scores[:, :1], scores[:, 1:] + kept], axis=1).astype("float32")
