"""Before: "Two Softmaxes" in the chapter on adaptive softmax."""

import numpy


def adaptive_predict(head_log_prob, cutoffs, tail_log_prob):
    """Return the likeliest word of each position, without scoring tails that cannot have it.

    Parameters
    ----------
    head_log_prob : (N, c_0 + J) float, the log-probabilities of the head's words, then of the J slots.
    cutoffs : J ints (c_0, c_1, ...), the ids with which the tails begin.
    tail_log_prob : a function: tail_log_prob(position, i) scores tail i at one position and returns the
        log-probabilities of its words within the tail, (k_i,) float. It is dear: it may be called only where
        slot i is likelier than every word of the head.

    Returns
    -------
    (N,) int: the ids of the likeliest words.

    >>> head = numpy.log([[0.3, 0.7]])
    >>> adaptive_predict(head, (1,), lambda position, i: numpy.log([0.4, 0.6]))
    array([2])
    """
    raise NotImplementedError
