"""Before: "The Loss" in the chapter on sampled softmax."""

import numpy


def gradient_bias(scores, target, draws, expected):
    """Compare the mean gradient of resampled candidates with that of fixed ones and with the full softmax's.

    All gradients are by the scores of one position. A draw's loss is that of sampled softmax: each score is
    lowered by ln Q, and candidates that are the target are left out.

    Parameters
    ----------
    scores : (V,) float, the scores of all words.
    target : int, the right word.
    draws : (D, S) int, the candidates of each of D steps, drawn with repeats; a word that a draw has twice
        is twice in its sum.
    expected : (V,) float above 0, the expected count Q of each word among S candidates.

    Returns
    -------
    gradients : (3, V) float: the gradient of the full softmax; the mean over D steps where step i takes
        draws[i] (resampled); the mean over D steps that all take draws[0] (fixed).
    errors : (2,) float: the bias of the resampled and of the fixed mean, norm(mean - full) / norm(full).

    >>> gradient_bias(numpy.zeros(3), 0, numpy.array([[1], [2]]), numpy.ones(3))[1]
    array([0.25, 0.5 ])
    """
    raise NotImplementedError
