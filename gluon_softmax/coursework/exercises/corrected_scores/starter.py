"""Before: "The Loss" in the chapter on sampled softmax."""

import numpy


def corrected_scores(target_scores, candidate_scores, target_counts, candidate_counts):
    """Return the scores that go into a sampled softmax, each corrected for its expected count Q.

    Parameters
    ----------
    target_scores : (N,) float, the score of each position's target.
    candidate_scores : (N, S) float, the scores of the candidates, which all positions share.
    target_counts : (N,) float above 0, the expected count of each position's target.
    candidate_counts : (S,) float above 0, the expected counts of the candidates.

    Returns
    -------
    (N, 1 + S) float: the target's corrected score, then those of the candidates.

    >>> corrected_scores(numpy.array([0.0]), numpy.array([[2.0]]), numpy.array([1.0]), numpy.array([1.0]))
    array([[0., 2.]])
    """
    raise NotImplementedError
