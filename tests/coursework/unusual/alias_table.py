"""Right answers of other kinds: other tables of the same distribution."""

from collections import deque

import numpy


def the_richest_gives_to_the_poorest(weights):
    n = len(weights)
    left = numpy.array(weights, dtype="float64") / (numpy.sum(weights) / n)
    accept, alias, done = [1.0] * n, [-1] * n, set()
    for _ in range(n - 1):
        rest = sorted((i for i in range(n) if i not in done), key=left.__getitem__)
        poor, rich = rest[0], rest[-1]
        accept[poor], alias[poor] = left[poor], rich
        left[rich] += left[poor] - 1
        done.add(poor)
    return accept, alias


def queues(weights, dtype="float32"):
    left = weights * (len(weights) / weights.sum())
    alias = numpy.zeros(len(left), dtype="int32")
    low, high = deque(numpy.flatnonzero(left < 1)), deque(numpy.flatnonzero(left >= 1))
    while low and high:
        alias[low[0]] = high[0]
        left[high[0]] -= 1 - left[low.popleft()]
        if left[high[0]] < 1:
            low.append(high.popleft())
    for i in [*low, *high]:
        left[i] = 1
    return left.astype(dtype), alias
