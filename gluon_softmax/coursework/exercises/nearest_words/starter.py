"""Before: "Applying the Word Embedding" in the chapter on negative sampling."""

import numpy


def nearest_words(weight, word, k):
    """Return the words whose vectors have the largest cosine with a word's vector.

    Parameters
    ----------
    weight : (V, d) float, the vectors of all words; a vector may be all zeros, but not the word's.
    word : int, the id of the word asked about, from 0 to V - 1. It is no answer itself.
    k : int, how many words, from 1 to V - 1.

    Returns
    -------
    A tuple: the ids of the k nearest words (k,), the nearest first, and their cosines (k,). A vector of zeros
    has the cosine 0 with every other.

    >>> nearest_words(numpy.array([[2.0, 0.0], [3.0, 4.0], [0.0, 1.0]]), 0, 2)
    (array([1, 2]), array([0.6, 0. ]))
    """
    raise NotImplementedError
