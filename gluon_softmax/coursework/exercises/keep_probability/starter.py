"""Before: "The Data" in the chapter on negative sampling."""

import numpy


def keep_probability(counts, threshold, rule):
    """Return the probability that an occurrence of each word is kept.

    Parameters
    ----------
    counts : (V,) int, how often each word occurs; entry 0 counts `<unk>`, every other one is at least 1.
    threshold : t, a small positive number.
    rule : "d2l", which keeps a word of frequency f with probability sqrt(t / f), or "word2vec", which keeps
        it with probability sqrt(t / f) + t / f; both at most 1.

    Returns
    -------
    (V,) float, probabilities; f is a word's count over the number of tokens that are not `<unk>`, and
    `<unk>` itself is never kept.

    >>> keep_probability(numpy.array([9, 80, 20]), 0.05, "d2l")
    array([0.  , 0.25, 0.5 ])
    """
    raise NotImplementedError
