"""A minibatch needs one shape; rows of n contexts and m noise words get the length of the longest.

What is padding is known from the lengths alone. The mask takes it out of the loss; label says which of the
words that remain did occur.
"""

import numpy


def padded_batch(centers, contexts, negatives):
    """Return the four arrays."""
    length = max(len(row) + len(noise) for row, noise in zip(contexts, negatives))
    shape = (len(centers), length)
    words, mask, label = (numpy.zeros(shape, dtype="int64") for _ in range(3))
    for i, (row, noise) in enumerate(zip(contexts, negatives)):
        for j, word in enumerate([*row, *noise]):
            words[i, j] = word
            mask[i, j] = 1
            label[i, j] = 1 if j < len(row) else 0
    return numpy.array([[center] for center in centers]), words, mask, label
