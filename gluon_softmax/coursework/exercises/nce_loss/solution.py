"""Of 1 + S words one is the data's and S are noise, so P(data | w) = p(w) / (p(w) + S q(w)).

Divided by S q(w) that is sigmoid(x) with x = ln p(w) - ln(S q(w)), and P(noise | w) = sigmoid(-x). The
model's ln p(w) is score - ln Z: since the task itself punishes a p that is too large or too small, Z may be a
constant. Minus ln sigmoid(x) is ln(1 + exp(-x)).
"""

import math

import numpy


def nce_loss(scores, target, candidates, noise, log_partition):
    """Return the loss of each position."""

    def softplus(x):
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))

    def logit(n, word):
        return scores[n, word] - log_partition - math.log(len(candidates) * noise[word])

    losses = []
    for n, right in enumerate(target):
        losses.append(softplus(-logit(n, right)) + sum(softplus(logit(n, c)) for c in candidates))
    return numpy.array(losses)
