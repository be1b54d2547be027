"""The two turns at a node share all of the probability that reaches it: p sigmoid(x) + p sigmoid(-x) = p.

By induction from the leaves up, the leaves below a node share what reaches the node; the root is reached with
probability 1, so all leaves together have 1. No denominator is computed.
"""

import math


def leaf_probabilities(hidden, weight, children, root):
    """Return the probabilities, by recursion from the root."""
    vocab_size = len(children) + 1
    probabilities = [0.0] * vocab_size

    def descend(node, reached):
        score = sum(float(a) * float(b) for a, b in zip(weight[node], hidden))
        first = 1 / (1 + math.exp(-score))
        for child, share in zip(children[node], (first, 1 - first)):
            if child < vocab_size:
                probabilities[child] = reached * share
            else:
                descend(child - vocab_size, reached * share)

    descend(root, 1.0)
    return probabilities
