"""Right answers of another kind."""

import numpy


def by_id(scores, temperature, k, uniform, axis=-1):
    """Words laid out by id, the others with -inf; written in place, in float32; an array comes back."""
    scores[scores < numpy.partition(scores, -k)[-k]] = -numpy.inf
    p = numpy.exp((scores - scores.max()).astype("float32") / numpy.float32(temperature))
    return (p.cumsum(axis) <= uniform * p.sum()).sum(axis)


def from_above(scores, temperature, k, uniform):
    """The uniform number goes down from 1, over the words from the least likely."""
    best = numpy.argsort(scores)[-k:]
    logs = scores[best] / temperature
    logs -= numpy.logaddexp.reduce(logs)
    left = 1.0 - uniform
    for word, log in zip(best[:-1].tolist(), logs):
        left -= numpy.exp(log)
        if left <= 0:
            return word
    return best[-1]
