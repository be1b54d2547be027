"""Before: "The Loss" in the chapter on hierarchical softmax."""

import numpy


def path_loss(hidden, weight, codes, points, mask):
    """Return the loss of each position, summed over the turns on its word's path, in nats.

    Parameters
    ----------
    hidden : (N, d) float, the hidden vector of each position.
    weight : (V - 1, d) float, the vectors of the inner nodes.
    codes : (N, L) int, the turns on the path to the position's word, from the root; 0 in the padding.
    points : (N, L) int, the inner nodes where these turns are taken; 0 in the padding.
    mask : (N, L) bool, False in the padding of paths that are shorter than L.

    Returns
    -------
    (N,) float: the sum over the turns of -ln sigmoid(x) for turn 0 and of -ln sigmoid(-x) for turn 1,
    where x is the product of the node's vector with the hidden vector, of any size.

    >>> path_loss(numpy.zeros((1, 2)), numpy.ones((1, 2)), numpy.array([[1, 0]]), numpy.array([[0, 0]]),
    ...           numpy.array([[True, False]]))
    array([0.69314718])
    """
    raise NotImplementedError
