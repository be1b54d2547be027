"""Right answers of other kinds."""

from itertools import zip_longest

import numpy


def plain_lists(centers, contexts, negatives):
    length = max(len(c) + len(n) for c, n in zip(contexts, negatives))
    words, masks, labels = [], [], []
    for c, n in zip(contexts, negatives):
        rest = length - len(c) - len(n)
        words += [c + n + [0] * rest] if isinstance(c, list) else [[*c, *n] + [0] * rest]
        masks += [[1.0] * (len(c) + len(n)) + [0.0] * rest]
        labels += [[1.0] * len(c) + [0.0] * (len(n) + rest)]
    return [[center] for center in centers], words, masks, labels


def columns_first(centers, contexts, negatives, pad=0):
    rows = [[*c, *n] for c, n in zip(contexts, negatives)]
    words = numpy.array(list(zip_longest(*rows, fillvalue=pad))).T
    mask = numpy.array(list(zip_longest(*([True] * len(row) for row in rows), fillvalue=False))).T
    label = numpy.cumsum(mask, axis=1) <= numpy.array([[len(c)] for c in contexts])
    return numpy.reshape(centers, (-1, 1)), words.astype("int32"), mask, label & mask
