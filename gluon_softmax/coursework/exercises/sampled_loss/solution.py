"""The full loss is -s(t) + ln sum_w exp(s(w)); the sum is estimated by t and the candidates.

Each of them counts as 1 / Q(w) of itself, so its score is lowered by ln Q(w). The same is done to s(t)
before the sum: the loss is the cross-entropy of a softmax over t and the candidates, and candidates that are
t again are left out.
"""

import math

import numpy


def sampled_loss(hidden, target, weight, bias, candidates, expected):
    """Return the loss of each position."""

    def corrected(n, word):
        score = sum(w * h for w, h in zip(weight[word], hidden[n])) + bias[word]
        return score - math.log(expected[word])

    losses = []
    for n, right in enumerate(target):
        terms = [corrected(n, right)] + [corrected(n, c) for c in candidates if c != right]
        largest = max(terms)
        total = sum(math.exp(term - largest) for term in terms)
        losses.append(largest + math.log(total) - terms[0])
    return numpy.array(losses)
