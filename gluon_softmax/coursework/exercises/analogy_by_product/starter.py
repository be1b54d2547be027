"""Before: "Applying the Word Embedding" in the chapter on negative sampling."""

import numpy


def analogy_by_product(weight, a, b, c, k):
    """Return the words that are to c as b is to a, by a product of cosines.

    A word x has the score near(x, b) * near(x, c) / (near(x, a) + 0.001), where near is the cosine brought
    from [-1, 1] to [0, 1], (cosine + 1) / 2. The words a, b and c are no answers.

    Parameters
    ----------
    weight : (V, d) float, the vectors of all words, of any length but 0.
    a, b, c : three different ids, from 0 to V - 1.
    k : int, how many answers, from 1 to V - 3.

    Returns
    -------
    A tuple: the ids of the k best answers (k,), the best first, and their scores (k,).

    >>> weight = numpy.array([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0], [0.0, 3.0], [0.0, -1.0]])
    >>> analogy_by_product(weight, 0, 1, 2, 2)
    (array([3, 4]), array([1.99600798, 0.        ]))
    """
    raise NotImplementedError
