"""A word w of the head has p(w) = softmax(head)[w], where the softmax is over words and slots.

For a word of tail i, p(w) = p(tail i) p(w | tail i): the share of the tail's slot in the head's softmax,
times the word's share in the tail's own. The logarithm of a product is a sum, so its loss has two terms.
"""

import numpy


def adaptive_loss(hidden, target, head_weight, tails, cutoffs):
    """Return the loss of each position."""

    def loss_of(scores, place):
        largest = max(scores)
        return largest + numpy.log(sum(numpy.exp(score - largest) for score in scores)) - scores[place]

    losses = []
    for vector, word in zip(hidden, target):
        head_scores = [row @ vector for row in head_weight]
        part = sum(word >= cutoff for cutoff in cutoffs)
        if part == 0:
            losses.append(loss_of(head_scores, word))
            continue
        tail = part - 1
        projection, weight = tails[tail]
        tail_scores = [row @ (projection @ vector) for row in weight]
        slot_loss = loss_of(head_scores, cutoffs[0] + tail)
        losses.append(slot_loss + loss_of(tail_scores, word - cutoffs[tail]))
    return numpy.array(losses)
