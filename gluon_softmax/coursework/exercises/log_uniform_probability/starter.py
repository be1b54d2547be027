"""Before: "The Sampler" in the chapter on sampled softmax."""

import numpy


def log_uniform_probability(uniforms, range_max):
    """Draw ids from the log-uniform distribution by inversion, and return the probability of each.

    P(k) = ln((k + 2) / (k + 1)) / ln(range_max + 1) for k = 0, ..., range_max - 1.

    Parameters
    ----------
    uniforms : (N,) float in [0, 1). A uniform u draws the smallest k with P(0) + ... + P(k) > u.
    range_max : int, the number of words.

    Returns
    -------
    ids : (N,) int, the ids drawn.
    probability : (N,) float, P of each.

    >>> log_uniform_probability(numpy.array([0.2, 0.5]), 5)
    (array([0, 1]), array([0.38685281, 0.22629439]))
    """
    raise NotImplementedError
