"""Right answers of another kind."""

import heapq

import numpy


def as_text(counts):
    """A heap of texts; codes are texts of 0 and 1."""
    heap = [[int(count), [word, ""]] for word, count in enumerate(counts)]
    heapq.heapify(heap)
    while len(heap) > 1:
        low, high = heapq.heappop(heap), heapq.heappop(heap)
        for pair in low[1:]:
            pair[1] = "1" + pair[1]
        for pair in high[1:]:
            pair[1] = "0" + pair[1]
        heapq.heappush(heap, [low[0] + high[0], *low[1:], *high[1:]])
    return [code for _, code in sorted(heap[0][1:])]


def by_parents(counts, dtype="int8"):
    """Parents in one array, the larger of equal nodes first; codes are arrays."""
    weights = [float(count) for count in counts]
    alive, parent, turn = list(range(len(weights))), {}, {}
    while len(alive) > 1:
        alive.sort(key=lambda node: (weights[node], -node))
        for number, node in enumerate(alive[:2]):
            parent[node], turn[node] = len(weights), number
        weights.append(weights[alive[0]] + weights[alive[1]])
        alive = [*alive[2:], len(weights) - 1]
    codes = []
    for word in range(len(counts)):
        code = []
        while word in parent:
            code.append(turn[word])
            word = parent[word]
        codes.append(numpy.array(code[::-1], dtype=dtype))
    return codes
