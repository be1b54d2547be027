"""The window of position i with size w holds the positions from i - w to i + w but for i itself.

It is cut at the first and last position of the sentence. A size drawn uniformly from 1 to W keeps a word at
distance d with probability (W - d + 1) / W, so that near words count more.
"""


def context_windows(ids, offsets, window_sizes):
    """Return the centres and the contexts of each."""
    centers, contexts = [], []
    for begin, end in zip(offsets[:-1], offsets[1:]):
        if end - begin < 2:
            continue
        for i in range(begin, end):
            around = []
            for j in range(begin, end):
                if j != i and abs(j - i) <= window_sizes[i]:
                    around.append(int(ids[j]))
            centers.append(int(ids[i]))
            contexts.append(around)
    return centers, contexts
