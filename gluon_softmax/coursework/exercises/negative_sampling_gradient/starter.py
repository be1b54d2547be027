"""Before: "What word2vec.c Really Does" in the chapter on negative sampling."""

import numpy


def negative_sampling_gradient(v, context, noise, u):
    """Return the loss of one pair with its noise words, and its gradients.

    Parameters
    ----------
    v : (d,) float, the centre word's vector.
    context : int, the id of the word that did occur near it, from 0 to V - 1.
    noise : (K,) int, the ids of the noise words as they were drawn: the context is not among them, and a word
        may have been drawn more than once.
    u : (V, d) float, the context vectors of all words.

    Returns
    -------
    A tuple: the loss -ln sigmoid(u_context . v) - sum over the noise of ln sigmoid(-u_noise . v), in nats, in
    which each drawing counts; its gradient by v, (d,); its gradient by u, (V, d), zero for words that take no
    part.

    >>> negative_sampling_gradient(numpy.ones(1), 0, numpy.array([1, 1]), numpy.zeros((3, 1)))
    (2.0794415416798357, array([0.]), array([[-0.5],
           [ 1. ],
           [ 0. ]]))
    """
    raise NotImplementedError
