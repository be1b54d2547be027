"""Before: "The Data" in the chapter on negative sampling."""

import numpy


def alias_table(weights):
    """Return a table from which a word is drawn in constant time, however many there are.

    A draw takes one of the n columns, each with the same probability, and a number u, uniform in [0, 1). It
    gives the column's own number i if u < accept[i], and alias[i] otherwise.

    Parameters
    ----------
    weights : (n,) float, at least 0; their sum is above 0, but need not be 1.

    Returns
    -------
    (accept, alias): n probabilities and n numbers of words, so that word i is drawn with probability
    weights[i] / sum(weights). There is more than one such table, and each is right.

    >>> alias_table(numpy.array([1.0, 3.0]))
    (array([0.5, 1. ]), array([1, 1]))
    """
    raise NotImplementedError
