"""Before: "Applying the Word Embedding" in the chapter on negative sampling."""

import numpy


def analogy_by_sum(weight, a, b, c, k):
    """Return the words that are to c as b is to a, as queen is to woman what king is to man.

    All vectors are brought to length 1. The best answer has the largest cosine with b - a + c. The words a, b
    and c are no answers.

    Parameters
    ----------
    weight : (V, d) float, the vectors of all words, of any length but 0.
    a, b, c : three different ids, from 0 to V - 1.
    k : int, how many answers, from 1 to V - 3.

    Returns
    -------
    (k,) int: the ids of the best answers, the best first.

    >>> weight = numpy.array([[1.0, 0, 0], [1.0, 0, 1.0], [0, 1.0, 0], [-1.0, 0, 0], [0, 1.0, 1.0]])
    >>> analogy_by_sum(weight, 0, 1, 2, 1)
    array([4])
    """
    raise NotImplementedError
