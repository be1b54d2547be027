"""Before: "The Masked Binary Cross-Entropy" in the chapter on negative sampling."""

import numpy


def masked_bce(pred, label, mask):
    """Return the mean loss of each row's real positions, in nats.

    Parameters
    ----------
    pred : (B, L) float, scores of a centre word with its contexts and noise words; any size.
    label : (B, L), 1 for a context and 0 for a noise word.
    mask : (B, L), 1 for a real position and 0 for padding; every row has one at least.

    Returns
    -------
    (B,) float: the sum over a row's real positions of -ln sigmoid(pred) where label is 1 and of
    -ln sigmoid(-pred) where it is 0, divided by their number.

    >>> masked_bce(numpy.zeros((1, 3)), numpy.array([[1, 0, 0]]), numpy.array([[1, 1, 0]]))
    array([0.69314718])
    """
    raise NotImplementedError
