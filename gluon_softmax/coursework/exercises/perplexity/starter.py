"""Before: "The Language Model" in the chapter on sampled softmax."""

import numpy


def perplexity(losses, masks):
    """Return the perplexity of a text that was read in batches.

    Parameters
    ----------
    losses : a sequence of arrays (T, B) float, one a batch: -ln P of each token, in nats. T differs.
    masks : a sequence of arrays (T, B) int as long: 1 for a token, 0 for padding, whose loss means nothing.
        Every batch has one token at least.

    Returns
    -------
    float: the exponential of the mean loss of a token of the text.

    >>> round(float(perplexity([numpy.log([[2.0, 8.0]])], [numpy.ones((1, 2))])), 6)
    4.0
    """
    raise NotImplementedError
