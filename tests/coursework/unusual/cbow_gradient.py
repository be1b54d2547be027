"""Right answers of another kind to cbow_gradient."""

import numpy


def by_matrix(contexts, mask, weight, by_hidden):
    """Hidden is a matrix of shares times the table, the gradient its transpose times by_hidden; float32."""
    share = numpy.zeros((len(contexts), len(weight)), dtype="float32")
    numpy.add.at(share, (numpy.arange(len(contexts))[:, None], contexts), mask)
    share /= numpy.maximum(share.sum(axis=1, keepdims=True), 1)
    return share @ weight.astype("float32"), share.T @ by_hidden.astype("float32")


def in_place(contexts, mask, weight, by_hidden, mean=True):
    """A product by scores of 1; the gradient takes the place of the table."""
    n = mask.sum(axis=1) if mean else numpy.ones(len(mask))
    factor = numpy.where(n > 0, 1 / numpy.where(n > 0, n, 1), 0)
    hidden = [(factor[b] * (mask[b] @ weight[contexts[b]])).tolist() for b in range(len(n))]
    weight[:] = 0
    for b, position in zip(*numpy.nonzero(mask)):
        weight[contexts[b, position]] += factor[b] * by_hidden[b]
    return hidden, weight
