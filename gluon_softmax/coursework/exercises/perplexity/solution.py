"""A text of N tokens has the probability P = exp(-sum of the losses); its perplexity is P^(-1/N).

That is exp(sum / N): the size of a vocabulary in which equally likely words would be as hard to guess. exp is
convex, so a mean of exponentials is never smaller than the exponential of the mean, and depends on the cuts.
"""

import math


def perplexity(losses, masks):
    """Return the perplexity, token by token."""
    nats, tokens = 0.0, 0
    for batch, mask in zip(losses, masks):
        for row, real_row in zip(batch, mask):
            for loss, real in zip(row, real_row):
                if real:
                    nats += float(loss)
                    tokens += 1
    return math.exp(nats / tokens)
