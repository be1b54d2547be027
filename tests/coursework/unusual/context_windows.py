"""Right answers of other kinds."""

import numpy


def slices(ids, offsets, window_sizes):
    centers, contexts = [], []
    for s in range(len(offsets) - 1):
        line = list(ids[offsets[s] : offsets[s + 1]])
        sizes = window_sizes[offsets[s] : offsets[s + 1]]
        if len(line) < 2:
            continue
        centers += line
        for i, w in enumerate(sizes):
            contexts.append(line[max(0, i - w) : i] + line[i + 1 : i + 1 + w])
    return numpy.array(centers), tuple(numpy.array(row, dtype="int32") for row in contexts)


def by_a_matrix_of_distances(ids, offsets, window_sizes, dtype="int64"):
    position = numpy.arange(len(ids))
    sentence = numpy.searchsorted(offsets, position, side="right")
    near = numpy.abs(position[:, None] - position) <= window_sizes[:, None]
    near &= (sentence[:, None] == sentence) & ~numpy.eye(len(ids), dtype=bool)
    some = near.any(axis=1)
    return ids[some].astype(dtype), [ids[row] for row in near[some]]
