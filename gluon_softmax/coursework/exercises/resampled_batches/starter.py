"""Before: "The Data" in the chapter on negative sampling."""

import itertools


def resampled_batches(windows, draw, batch_size, num_noise_words, num_epochs):
    """Yield the batches of all epochs, with noise that is drawn when a batch is made.

    Parameters
    ----------
    windows : a function; windows() begins an epoch and returns an iterator over (center, contexts): an id and
        a list of ids. There may be more of them than fit into memory.
    draw : a function; draw(n) returns the next n noise words that are drawn, an int array (n,).
    batch_size : B, windows in a batch.
    num_noise_words : K, noise words for each context word.
    num_epochs : how many times the windows are gone through.

    Yields
    ------
    (centers, contexts, noise): three lists of B. Row i of noise has K words for each context in row i of
    contexts, in the order in which they were drawn, rows one after another. The last batch of an epoch may be
    smaller, and no batch has windows of two epochs. When a batch is handed out, at most one batch more has
    been read or drawn.

    Returns
    -------
    An iterator over the batches; a function with `yield` in it is a generator, and returns one.

    >>> list(resampled_batches(lambda: iter([(1, [2])]), lambda n: [9] * n, 4, 2, 1))
    [([1], [[2]], [[9, 9]])]
    """
    raise NotImplementedError
