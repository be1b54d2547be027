"""Right answers of another kind."""

import numpy


def all_rows_of_the_path_at_once(row, hidden, codes, points, word, dtype="float32"):
    """One read of several rows, in float32."""
    rows = numpy.asarray(row(numpy.asarray(points[word]))).astype(dtype)
    scores = rows @ hidden.astype(dtype) * (1 - 2 * codes[word].astype(dtype))
    return -numpy.logaddexp(numpy.zeros(1, dtype), -scores).sum(keepdims=True)


def by_recursion(row, hidden, codes, points, word, depth=0):
    """A turn, and the rest of the path; the root is read again at the end."""
    if depth == len(codes[word]):
        row(points[word][0])
        return 0.0
    z = (-1) ** int(codes[word][depth]) * numpy.dot(hidden, row(points[word][depth]))
    own = z - numpy.log1p(numpy.exp(z)) if z < 0 else -numpy.log1p(numpy.exp(-z))
    return own + by_recursion(row, hidden, codes, points, word, depth + 1)
