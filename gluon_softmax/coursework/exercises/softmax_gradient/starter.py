"""Before: "Minibatch Multiplication" in the chapter on negative sampling."""

import numpy


def softmax_gradient(v, context, u):
    """Return the loss of one pair under the softmax over all words, and its gradients.

    Parameters
    ----------
    v : (d,) float, the centre word's vector.
    context : int, the id of the word that did occur near it, from 0 to V - 1.
    u : (V, d) float, the context vectors of all words; scores u v may be as large as 1000.

    Returns
    -------
    A tuple: the loss -ln P(context | centre) in nats, where P is the softmax of u v; its gradient by v, (d,);
    its gradient by u, (V, d).

    >>> softmax_gradient(numpy.zeros(1), 0, numpy.array([[1.0], [3.0]]))
    (0.6931471805599453, array([1.]), array([[-0.],
           [ 0.]]))
    """
    raise NotImplementedError
