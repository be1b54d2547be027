"""Unusual right answers."""

import numpy


def without_cancellation(probability, num_sampled, num_tries, unique):
    """Keep every digit for words of small probability."""
    if not unique:
        return [num_sampled * p for p in probability]
    return -numpy.expm1(num_tries * numpy.log1p(-probability))


def as_a_sum(probability, num_sampled, num_tries, unique=True):
    """Add up the probabilities that the first hit comes at each try."""
    p = probability.astype("float32")
    first = [p * (1 - p) ** i if unique else p for i in range(num_tries if unique else num_sampled)]
    return sum(first)
