"""Before: "What word2vec.c Really Does" in the chapter on negative sampling."""

import numpy


def held_back_update(v, context, noise, u, alpha):
    """Return the vectors after one step of word2vec.c on a centre, a context and its noise words.

    The program goes through the context (label 1) and then the noise words (label 0), one after the other. A
    noise word that is the context is skipped. The word's row moves at once, so that a noise word that was
    drawn twice moves twice, the second time from where the first has left it. The centre's vector moves at
    the end.

    Parameters
    ----------
    v : (d,) float, the centre word's vector.
    context : int, the id of the context word, from 0 to V - 1.
    noise : (K,) int, the ids of the noise words as they were drawn.
    u : (V, d) float, the context vectors of all words.
    alpha : float, the learning rate.

    Returns
    -------
    A tuple: the centre's new vector (d,) and the new context vectors (V, d), by the exact sigmoid.

    >>> held_back_update(numpy.ones(1), 0, numpy.array([1]), numpy.array([[0.0], [0.0]]), 1.0)
    (array([1.]), array([[ 0.5],
           [-0.5]]))
    """
    raise NotImplementedError
