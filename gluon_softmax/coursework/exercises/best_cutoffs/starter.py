"""Before: "Where to Cut" in the chapter on adaptive softmax."""

import numpy


def best_cutoffs(counts, num_tails, tail_cost):
    """Return the cutoffs at which an adaptive softmax costs least, in scores per position.

    cost = c_0 + J + tail_cost * sum over the tails of p_i k_i: every position is scored against the head's
    c_0 words and J slots; the share p_i of them, which is that of tail i's words in the text, against its k_i
    words too.

    Parameters
    ----------
    counts : (V,) float above 0, falling: how often each word comes.
    num_tails : int, J; at least 1 and below V. The head and every tail have a word at least.
    tail_cost : float above 0, the cost of a score of a tail relative to one of the head.

    Returns
    -------
    J ints (c_0, c_1, ...), rising, each in [1, V): the ids with which the tails begin.

    >>> best_cutoffs(numpy.array([0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01]), 1, 0.5)
    (2,)
    """
    raise NotImplementedError
