"""Before: "Is the Approach Right?" in the chapter on hierarchical softmax."""

import numpy


def path_log_prob(row, hidden, codes, points, word):
    """Return ln P(word | hidden), reading only the rows that it depends on.

    Parameters
    ----------
    row : a function; row(node) is the vector (d,) of an inner node. The check counts which nodes you read.
    hidden : (d,) float, a hidden vector.
    codes : V arrays, the turns (0 or 1) from the root to each word.
    points : V arrays, the inner nodes where these turns are taken; as long as the codes.
    word : int, the word's id.

    Returns
    -------
    float, in nats: the logarithm of the product over the path's turns of sigmoid(x) for turn 0 and
    sigmoid(-x) for turn 1, where x = row(node) . hidden is of any size; never -inf.

    >>> codes, points = [[0], [1, 0], [1, 1]], [[1], [1, 0], [1, 0]]
    >>> path_log_prob(lambda node: numpy.zeros(2), numpy.ones(2), codes, points, 2)
    -1.3862943611198906
    """
    raise NotImplementedError
