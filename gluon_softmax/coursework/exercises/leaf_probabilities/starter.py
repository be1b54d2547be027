"""Before: "The Loss" in the chapter on hierarchical softmax."""

import numpy


def leaf_probabilities(hidden, weight, children, root):
    """Return the probability of each word: what reaches its leaf.

    Parameters
    ----------
    hidden : (d,) float, a hidden vector.
    weight : (V - 1, d) float, the vectors of the inner nodes.
    children : (V - 1, 2) int, where turn 0 and turn 1 lead from each inner node: a number w below V is the
        word w, and V + j is the inner node j.
    root : int, the inner node where all paths begin.

    Returns
    -------
    (V,) float. At an inner node with the score x = weight[node] . hidden turn 0 has probability sigmoid(x).

    >>> leaf_probabilities(numpy.zeros(2), numpy.ones((2, 2)), numpy.array([[1, 2], [0, 3]]), 1)
    array([0.5 , 0.25, 0.25])
    """
    raise NotImplementedError
