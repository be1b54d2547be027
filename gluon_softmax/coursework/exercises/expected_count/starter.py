"""Before: "The Sampler" in the chapter on sampled softmax."""

import numpy


def expected_count(probability, num_sampled, num_tries, unique):
    """Return how often each word is expected among the candidates.

    Parameters
    ----------
    probability : (N,) float, the probability of each word at one draw.
    num_sampled : int, the number of candidates.
    num_tries : int, the draws that it took to have them: num_sampled with repeats, more if `unique`.
    unique : bool, whether a word that was drawn before is thrown away and another one drawn.

    Returns
    -------
    (N,) float: the mean number of times that a word is among the candidates; at most 1 if `unique`, where
    num_tries counts as given.

    >>> expected_count(numpy.array([0.5, 0.1]), 4, 4, False)
    array([2. , 0.4])
    """
    raise NotImplementedError
