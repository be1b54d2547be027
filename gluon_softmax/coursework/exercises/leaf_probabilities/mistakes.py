"""What goes wrong with the probabilities of all leaves."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "one_sign": Mistake(
        "Both children of a node got sigmoid(x), so they do not share what reaches it and the sum is not "
        "one. The child of turn 1 gets the rest, 1 - sigmoid(x) = sigmoid(-x).",
        "The Loss",
    ),
    "turns_mirrored": Mistake(
        "The child of turn 1 got sigmoid(x) and the child of turn 0 the rest; that sums to one too, but is "
        "another distribution. In this chapter turn 0 has probability sigmoid(x).",
        "The Loss",
    ),
    "last_turn_only": Mistake(
        "A leaf got the probability of its last turn alone, whatever reached the node above it. Multiply by "
        "the node's own probability: that of the whole path from the root.",
        "The Loss",
    ),
    "normalised_scores": Mistake(
        "The signed scores of a path were added up and a softmax was taken over the leaves, which sums to "
        "one but needs all V scores and is another distribution. Each node has its own two-way softmax, the "
        "sigmoid, and nothing is normalised afterwards.",
        "The Loss",
    ),
    "root_skipped": Mistake(
        "The root's turn is missing: both of its children got probability 1, and the sum is 2. The root is "
        "an inner node with a vector of its own, and divides like the others.",
        "The Loss",
    ),
}


def leaf_probabilities(hidden, weight, children, root, *, wrong):
    """Return the probabilities with the mistakes in `wrong`, level by level."""
    vocab_size = len(children) + 1
    scores = weight @ hidden
    reached = numpy.zeros(2 * vocab_size - 1)  # logarithms, of the words and then of the inner nodes
    nodes = numpy.array([root])
    while nodes.size:
        signed = numpy.stack([scores[nodes], -scores[nodes]], axis=1)
        if "one_sign" in wrong:
            signed[:, 1] = signed[:, 0]
        if "turns_mirrored" in wrong:
            signed = -signed
        steps = signed if "normalised_scores" in wrong else -numpy.logaddexp(0, -signed)
        if "root_skipped" in wrong:
            steps = steps * (nodes != root)[:, None]
        below = children[nodes]
        above = 0 if "last_turn_only" in wrong else reached[vocab_size + nodes][:, None]
        reached[below] = above + steps
        nodes = below[below >= vocab_size] - vocab_size
    shares = numpy.exp(reached[:vocab_size])
    return shares / shares.sum() if "normalised_scores" in wrong else shares
