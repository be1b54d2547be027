"""Before: "The Loss" in the chapter on sampled softmax."""

import numpy


def sampled_loss(hidden, target, weight, bias, candidates, expected):
    """Return the loss of sampled softmax, one per position, in nats.

    Parameters
    ----------
    hidden : (N, d) float, a hidden vector per position.
    target : (N,) int, the right word of each position.
    weight : (V, d) float, the output layer's table.
    bias : (V,) float, a bias per word; the score of word w is weight[w] . hidden + bias[w].
    candidates : (S,) int, the sampled words, which all positions share; a word may come several times.
    expected : (V,) float above 0, the expected count Q of each word among the candidates.

    Returns
    -------
    (N,) float: minus the log of the target's share in the sum of exp(score - ln Q) over the target and the
    candidates that are other words. Scores may be large.

    >>> table, zeros, ones = numpy.zeros((3, 1)), numpy.zeros(3), numpy.ones(3)
    >>> sampled_loss(numpy.ones((1, 1)), numpy.array([0]), table, zeros, numpy.array([1, 0]), ones)
    array([0.69314718])
    """
    raise NotImplementedError
