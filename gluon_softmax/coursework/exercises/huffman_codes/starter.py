"""Before: "Huffman's Tree" in the chapter on hierarchical softmax."""


def huffman_codes(counts):
    """Return a code for each word such that no tree takes fewer turns over the text.

    Parameters
    ----------
    counts : (V,) int, how often each word was seen, at least 0; V is 2 or more, in no order.

    Returns
    -------
    A sequence of V codes by word id; a code is the sequence of its turns, 0 or 1, from the root to the
    word. No code begins another, and the sum of counts[w] * len(codes[w]) is the least that there is. Which
    of several such trees it is, and which branch is turn 0, is up to you.

    >>> sorted(len(code) for code in huffman_codes([8, 6, 5, 4, 3]))
    [2, 2, 2, 3, 3]
    """
    raise NotImplementedError
