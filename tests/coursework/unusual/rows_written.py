"""Right answers of another kind to rows_written."""

import numpy


def by_arrays(ids, vocab_size, num_states):
    """Sums of arrays, so that the counts are NumPy's numbers in lists."""
    different = numpy.count_nonzero(numpy.bincount(ids))
    stages = numpy.array([[0, 0], [1, 1], [1, 0], [0, 0]]) * len(ids)
    by_row = numpy.array([[0, 0], [0, 0], [0, 1], [2 + num_states, 1 + num_states]])
    dense = (stages + by_row * vocab_size).sum(axis=0)
    by_row[0] = 1
    sparse = (stages + by_row * different).sum(axis=0)
    size = numpy.floor(by_row.sum(axis=0)[1] * different / (2 + num_states)) + 1
    return {"from_size": size, "sparse": sparse.tolist(), "dense": dense}


def by_search(ids, vocab_size, num_states, first=1):
    """The size by trying one after the other."""
    different = len(numpy.unique(ids))

    def written(size):
        return [len(ids) + (2 + num_states) * size, len(ids) + (3 + num_states) * different]

    dense, sparse = written(vocab_size)
    size = first
    while written(size)[0] <= written(size)[1]:
        size += 1
    return {
        "dense": [dense + len(ids), dense],
        "sparse": [sparse + len(ids), sparse],
        "from_size": float(size),
    }
