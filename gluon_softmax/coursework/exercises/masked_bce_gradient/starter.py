"""Before: "The Masked Binary Cross-Entropy" in the chapter on negative sampling."""

import numpy


def masked_bce_gradient(pred, label, mask):
    """Return the gradient of the sum of the B losses of `masked_bce` with respect to the scores.

    Parameters
    ----------
    pred : (B, L) float, scores of a centre word with its contexts and noise words; any size.
    label : (B, L), 1 for a context and 0 for a noise word.
    mask : (B, L), 1 for a real position and 0 for padding; every row has one at least.

    Returns
    -------
    (B, L) float: the derivative of the sum of all rows' losses with respect to each score, in nats. A row's
    loss is the mean over its real positions of -ln sigmoid(pred) where label is 1 and -ln sigmoid(-pred)
    where it is 0.

    >>> masked_bce_gradient(numpy.zeros((1, 3)), numpy.array([[1, 0, 0]]), numpy.array([[1, 1, 0]]))
    array([[-0.25,  0.25,  0.  ]])
    """
    raise NotImplementedError
