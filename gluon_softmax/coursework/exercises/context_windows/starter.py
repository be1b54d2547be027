"""Before: "The Data" in the chapter on negative sampling."""

import numpy


def context_windows(ids, offsets, window_sizes):
    """Return the centres of a text and the context words of each.

    Parameters
    ----------
    ids : (N,) int, the words of all sentences, one after another.
    offsets : (S + 1,) int, where each sentence starts in `ids`, and N.
    window_sizes : (N,) int, at least 1: how far the window of each position reaches to either side. They were
        drawn for you.

    Returns
    -------
    (centers, contexts): the centre words in the order of the text, and as many lists, of the words at most
    the window's size away, in the order of the text. A window ends where its sentence does. The only word of
    a sentence has no context and is no centre.

    >>> context_windows(numpy.array([4, 5, 6, 7]), numpy.array([0, 1, 4]), numpy.array([1, 1, 2, 1]))
    ([5, 6, 7], [[6], [5, 7], [6]])
    """
    raise NotImplementedError
