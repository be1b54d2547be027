"""Before: "The Language Model" in the chapter on sampled softmax."""

import numpy


def clip_by_global_norm(gradients, clip_norm):
    """Return the gradients, scaled down together where their norm is above `clip_norm`.

    Parameters
    ----------
    gradients : a sequence of float arrays of any shapes, one a parameter.
    clip_norm : float above 0, the longest gradient that is left as it is.

    Returns
    -------
    A sequence of arrays of the same shapes. Together, as one long vector, they point in the same direction as
    before and have a Euclidean norm of `clip_norm` at most. No array is NaN, whatever the gradients.

    >>> clip_by_global_norm([numpy.array([3.0]), numpy.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]
    """
    raise NotImplementedError
