"""Before: "Two Softmaxes" in the chapter on adaptive softmax."""

import numpy


def adaptive_log_prob(head_scores, tail_scores):
    """Return the log-probability of every word, in nats.

    Parameters
    ----------
    head_scores : (N, c_0 + J) float, the scores of the head's c_0 words, then of the J slots; any size.
    tail_scores : J arrays (N, k_i) float, the scores of each tail's words.

    Returns
    -------
    (N, c_0 + k_0 + k_1 + ...) float: ln p of the head's words, then of each tail's words.

    >>> numpy.exp(adaptive_log_prob(numpy.zeros((1, 2)), [numpy.zeros((1, 2))]))
    array([[0.5 , 0.25, 0.25]])
    """
    raise NotImplementedError
