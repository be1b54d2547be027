"""Right answers of other kinds."""

import numpy


def in_logarithms(counts):
    with numpy.errstate(divide="ignore"):
        logs = 0.75 * numpy.log(counts)
    logs[0] = -numpy.inf
    weights = numpy.exp(logs - logs.max())
    return (weights / weights.sum()).astype("float32")


def in_place(counts, power=0.75):
    counts[0] = 0
    shares = counts / counts.sum()
    shares **= power
    shares /= shares.sum()
    return list(shares)
