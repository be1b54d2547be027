"""Before: "What word2vec.c Really Does" in the chapter on negative sampling."""

import numpy


def cbow_gradient(contexts, mask, weight, by_hidden):
    """Return the hidden vectors of CBOW, and the gradient of the table that they were looked up in.

    The skip-gram's hidden vector is the centre's row. CBOW's is the mean of the rows of the words around it.

    Parameters
    ----------
    contexts : (B, L) int, the ids of the words in each window, padded to L; a word may stand there twice.
    mask : (B, L), 1 for a real position and 0 for padding; a window may have none that is real.
    weight : (V, d) float, the vectors of all words.
    by_hidden : (B, d) float, the gradient of the loss by the hidden vectors.

    Returns
    -------
    A tuple: the hidden vectors (B, d), the mean over the real positions, or zeros where there is none; and
    the gradient of the loss by `weight`, (V, d).

    >>> weight, by_hidden = numpy.array([[9.0], [2.0], [4.0]]), numpy.array([[1.0]])
    >>> cbow_gradient(numpy.array([[1, 2, 0]]), numpy.array([[1, 1, 0]]), weight, by_hidden)
    (array([[3.]]), array([[0. ],
           [0.5],
           [0.5]]))
    """
    raise NotImplementedError
