"""Before: "The Loss" in the chapter on in-batch negatives."""

import numpy


def in_batch_loss(scores, target, counts):
    """Return the loss of a sampled softmax whose candidates are the batch's own targets, in nats.

    Parameters
    ----------
    scores : (B, B) float; scores[i, j] is the score of row j's target at row i, so the diagonal is right.
    target : (B,) int, the target of each row; several rows may have the same.
    counts : (V,) above 0, how often each word is a target in the training text. Q is its share.

    Returns
    -------
    (B,) float: the cross-entropy of each row over the columns, each lowered by ln Q of its word, without the
    columns other than its own that hold the row's target again. Scores may be large.

    >>> in_batch_loss(numpy.zeros((2, 2)), numpy.array([0, 1]), numpy.array([3, 1]))
    array([1.38629436, 0.28768207])
    """
    raise NotImplementedError
