"""Unusual right answers."""

import numpy


def as_differences(hidden, target, weight, bias, candidates, expected):
    """Sum over what each candidate has more than the target, and keep the target as the 1 in log1p."""
    shifted = bias - numpy.log(expected)
    scores = hidden @ weight.T + shifted
    losses = []
    for row, right in zip(scores, target):
        others = row[candidates[candidates != right]] - row[right]
        losses.append(float(numpy.logaddexp(0.0, numpy.logaddexp.reduce(others))))
    return losses


def by_counting(hidden, target, weight, bias, candidates, expected, in_double=False):
    """Score all words and weigh each by how often it was drawn, in float32."""
    dtype = "float64" if in_double else "float32"
    times = numpy.bincount(candidates, minlength=len(weight))
    scores = (hidden @ weight.T + bias).astype(dtype)
    weights = numpy.tile(times / expected, (len(target), 1))
    rows = numpy.arange(len(target))
    weights[rows, target] = 1 / expected[target]
    scores -= scores.max(axis=1, keepdims=True)
    probability = weights * numpy.exp(scores)
    return -numpy.log(probability[rows, target] / probability.sum(axis=1))
