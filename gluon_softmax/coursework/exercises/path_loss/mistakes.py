"""What goes wrong with the loss of a path."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "sign_turned": Mistake(
        "Turn 1 got sigmoid(x) and turn 0 its complement: the sign is turned, and vectors that were trained "
        "by the other rule give the probability of the mirrored path. Turn 0 is sigmoid(x): the label of a "
        "turn is 1 - code.",
        "The Loss",
    ),
    "one_sign": Mistake(
        "Every turn was taken as turn 1, so the code does not matter and the probabilities do not sum to "
        "one. The sign changes with the turn: in Python -1.0 ** code is always -1, as the minus is applied "
        "last.",
        "The Loss",
        "https://github.com/piskvorky/gensim/issues/653",
    ),
    "padding_counts": Mistake(
        "The padding of short paths is in the sum, as turns at node 0. Multiply each term by the mask "
        "before a row is added up.",
        "The Loss",
    ),
    "mean_over_turns": Mistake(
        "The loss was divided by the number of turns, so rare words with long paths weigh no more than "
        "frequent ones, and it is no log-probability. Probabilities along a path multiply: add the terms up.",
        "The Loss",
    ),
    "large_scores_skipped": Mistake(
        "Turns whose score is beyond 6 or -6 were left out, as word2vec.c does where its table of the "
        "sigmoid ends, so the worst turns cost nothing. A score beyond the table still has a loss.",
        "The Loss",
        "https://github.com/piskvorky/gensim/issues/2725",
    ),
    "nodes_upwards": Mistake(
        "The codes were read from the root and the nodes from the leaf, so turns and nodes do not belong "
        "together. Turn i is taken at node i, both from the root.",
        "The Loss",
    ),
}


def path_loss(hidden, weight, codes, points, mask, *, wrong):
    """Return the losses with the mistakes in `wrong`."""
    if "nodes_upwards" in wrong:
        lengths = mask.sum(axis=1, keepdims=True)
        places = numpy.arange(mask.shape[1])
        points = numpy.take_along_axis(points, numpy.where(mask, lengths - 1 - places, places), axis=1)
    scores = numpy.einsum("nld,nd->nl", weight[points], hidden)
    signs = 1.0 - 2.0 * codes
    if "one_sign" in wrong:
        signs = -numpy.ones_like(signs)
    if "sign_turned" in wrong:
        signs = -signs
    terms = numpy.logaddexp(0.0, -signs * scores)
    if "large_scores_skipped" in wrong:
        terms = terms * (abs(scores) < 6)
    if "padding_counts" not in wrong:
        terms = terms * mask
    totals = terms.sum(axis=1)
    if "mean_over_turns" in wrong:
        return totals / (mask.shape[1] if "padding_counts" in wrong else mask.sum(axis=1))
    return totals
