"""Right answers of another kind."""

import math

import numpy


def by_two_queues(counts, num_noise_words, smallest=2):
    """Two queues a size; the balanced tree's size is found by trying too."""
    balanced = next(size for size in range(2, 10**6) if math.log2(size) > 1 + num_noise_words)
    counts = numpy.asarray(counts, dtype="float32")
    for size in range(smallest, len(counts) + 1):
        leaves, inner, total = counts[:size][::-1].tolist(), [], 0.0
        while len(leaves) + len(inner) > 1:
            two = [
                (leaves if leaves and (not inner or leaves[0] <= inner[0]) else inner).pop(0) for _ in "ab"
            ]
            inner.append(sum(two))
            total += inner[-1]
        if total / float(counts[:size].sum()) > (1 + num_noise_words) * (1 + 1e-6):
            return numpy.array([balanced, size])
    return [balanced, None]
