"""The batch's targets are a draw from the text's own distribution, so Q(w) is the word's share of the text.

(A batch has B of them, but the factor B lowers every score by the same and changes no softmax.) Row i is a
sampled softmax over all columns, each lowered by ln Q of its word. A column j != i that holds the same word
as the row's target is an accidental hit: it is left out, the row's own column stays.
"""

import math

import numpy


def in_batch_loss(scores, target, counts):
    """Return the loss of each row."""
    total = sum(counts)
    losses = []
    for i in range(len(target)):
        terms = []
        for j in range(len(target)):
            if j == i or target[j] != target[i]:
                terms.append(scores[i, j] - math.log(counts[target[j]] / total))
        right = scores[i, i] - math.log(counts[target[i]] / total)
        largest = max(terms)
        losses.append(largest + math.log(sum(math.exp(t - largest) for t in terms)) - right)
    return numpy.array(losses)
