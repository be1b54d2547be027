"""Before: "Two Softmaxes" in the chapter on adaptive softmax."""

import numpy


def adaptive_loss(hidden, target, head_weight, tails, cutoffs):
    """Return the loss of an adaptive softmax, one per position, in nats.

    Parameters
    ----------
    hidden : (N, d) float, a hidden vector per position.
    target : (N,) int, the right word of each position. A tail may have no target among them.
    head_weight : (c_0 + J, d) float: a row for each word of the head, then one for each tail's slot.
    tails : J pairs (projection, weight): (w_i, d) and (k_i, w_i) float. The scores of tail i's words are
        weight @ (projection @ hidden).
    cutoffs : J ints (c_0, c_1, ...): the head has the words below c_0, tail i those from c_i on, below
        c_(i + 1), or to the last.

    Returns
    -------
    (N,) float: -ln p(target). Scores may be large.

    >>> tail = (numpy.ones((1, 1)), numpy.zeros((2, 1)))
    >>> adaptive_loss(numpy.ones((2, 1)), numpy.array([0, 1]), numpy.zeros((2, 1)), [tail], (1,))
    array([0.69314718, 1.38629436])
    """
    raise NotImplementedError
