"""Unusual right answers."""

from functools import lru_cache
from itertools import combinations

import numpy


def trying_all(counts, num_tails, tail_cost):
    """Try all cuts, in float32, and give an array."""
    p = (counts / counts.sum()).astype("float32")

    def cost(cuts):
        parts = numpy.split(p, cuts)[1:]
        return cuts[0] + tail_cost * sum(part.sum() * part.size for part in parts)

    return numpy.array(min(combinations(range(1, p.size), num_tails), key=cost))


def from_the_front(counts, num_tails, tail_cost, head_cost=1.0):
    """Recur over the rest of the vocabulary behind each cut, with costs in counts."""
    counts = counts.tolist()

    @lru_cache(maxsize=None)
    def rest(begin, tails):
        if tails == 1:
            return tail_cost * sum(counts[begin:]) * (len(counts) - begin), []
        ways = []
        for end in range(begin + 1, len(counts) - tails + 2):
            cost, cuts = rest(end, tails - 1)
            ways.append((cost + tail_cost * sum(counts[begin:end]) * (end - begin), [end, *cuts]))
        return min(ways)

    ways = []
    for begin in range(1, len(counts) - num_tails + 1):
        cost, cuts = rest(begin, num_tails)
        ways.append((cost + head_cost * begin * sum(counts), [begin, *cuts]))
    return min(ways)[1]
