"""The sum of P(0), ..., P(k) telescopes: ln 2/1 + ln 3/2 + ... + ln (k+2)/(k+1) = ln(k + 2).

So F(k) = ln(k + 2) / ln(N + 1), which is 1 for k = N - 1. F(k) > u says k + 2 > (N + 1)^u, and the smallest
such integer is k = floor((N + 1)^u) - 1.
"""

import math

import numpy


def log_uniform_probability(uniforms, range_max):
    """Return the ids that the uniforms draw, and the probability of each."""
    ids, probability = [], []
    for u in uniforms:
        k = math.floor((range_max + 1) ** u) - 1
        ids.append(k)
        probability.append(math.log((k + 2) / (k + 1)) / math.log(range_max + 1))
    return numpy.array(ids), numpy.array(probability)
