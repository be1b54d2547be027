"""Before: "Huffman's Tree" in the chapter on hierarchical softmax."""

import numpy


def crossover_size(counts, num_noise_words):
    """Return from which vocabulary sizes on a tree takes more products than negative sampling.

    A product is one of a hidden vector with another vector. Negative sampling with K noise words takes 1 + K
    a position. A tree takes one a turn.

    Parameters
    ----------
    counts : (n,) int, how often each word was seen, falling, all above 0. A vocabulary of V words has the
        first V of them.
    num_noise_words : int, K.

    Returns
    -------
    Two sizes. The first is the smallest V with log2 V > 1 + K: that of a balanced tree, whatever the counts.
    The second is the smallest V from 2 to n for which Huffman's tree of the first V counts takes more than
    1 + K products a position in the mean over the text (of those V words); None if there is no such V.

    >>> crossover_size(numpy.ones(20, dtype=int), 2)
    (9, 9)
    """
    raise NotImplementedError
