"""Before: "The Data" in the chapter on negative sampling."""

import numpy


def padded_batch(centers, contexts, negatives):
    """Return the book's four arrays of a batch.

    Parameters
    ----------
    centers : B ids.
    contexts : B lists of ids, at least one each: the context words of each centre.
    negatives : B lists of ids, at least one each: the noise words of each centre.

    Returns
    -------
    (center, contexts_negatives, mask, label): the centres (B, 1); the contexts and after them the noise words
    of each centre (B, L), padded on the right with 0, where L is the length of the longest row; the mask
    (B, L), 1 for a word and 0 for padding; the label (B, L), 1 for a context and 0 for all else. Any id may
    be a word, 0 too.

    >>> padded_batch([1], [[2]], [[3, 4]])
    (array([[1]]), array([[2, 3, 4]]), array([[1, 1, 1]]), array([[1, 0, 0]]))
    """
    raise NotImplementedError
