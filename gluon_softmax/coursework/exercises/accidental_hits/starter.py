"""Before: "The Loss" in the chapter on sampled softmax."""

import numpy


def accidental_hits(scores, target, candidates):
    """Return the scores with those of accidental hits at minus infinity, so that their exp is 0.

    Parameters
    ----------
    scores : (N, 1 + S) float; column 0 is each row's target, column 1 + c is the candidate c.
    target : (N,) int, the id of each row's target.
    candidates : (S,) int, ids that all rows share; one may come several times.

    Returns
    -------
    (N, 1 + S) float: -inf where a candidate is the row's own target, and `scores` elsewhere.

    >>> accidental_hits(numpy.zeros((1, 3)), numpy.array([5]), numpy.array([5, 6]))
    array([[  0., -inf,   0.]])
    """
    raise NotImplementedError
