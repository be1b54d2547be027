"""Before: "Searching the Tree" in the chapter on hierarchical softmax."""

import numpy


def best_leaves(turn, children, root, k):
    """Return the ids of the k likeliest words, without asking all nodes.

    Parameters
    ----------
    turn : a function; turn(node) is the probability of turn 0 at an inner node, that of turn 1 is the rest.
        The check notes which nodes you ask; in a large tree three quarters must be enough.
    children : (V - 1, 2) int, where turn 0 and turn 1 lead from each inner node: a number w below V is the
        word w, and V + j is the inner node j.
    root : int, the inner node where all paths begin.
    k : int, from 1 to V.

    Returns
    -------
    k word ids, the likeliest first. No two words are equally likely here.

    >>> best_leaves(lambda node: [0.9, 0.6][node], numpy.array([[0, 1], [2, 3]]), 1, 2)
    [2, 0]
    """
    raise NotImplementedError
