"""Before: "The Data" in the chapter on negative sampling."""

import numpy


def noise_words(contexts, drawn, num_noise_words):
    """Return the noise words of each centre, taken from words that were drawn already.

    Parameters
    ----------
    contexts : a list for each of the B centres, of its context words (int, at least one).
    drawn : (N,) int, words drawn from the noise distribution, more than enough.
    num_noise_words : K, noise words for each context word.

    Returns
    -------
    A list for each centre of K noise words for each of its contexts. The words are taken from `drawn` in
    their order, each at most once, first for centre 0, then on from there for centre 1, and so on. A word
    that is a context of the centre it would be for is passed over, and is not kept for another centre. A word
    that was drawn twice may be noise twice.

    >>> noise_words([[7], [5]], numpy.array([9, 7, 4, 4, 5, 7]), 2)
    [[9, 4], [4, 7]]
    """
    raise NotImplementedError
