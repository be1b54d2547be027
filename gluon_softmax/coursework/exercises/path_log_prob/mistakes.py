"""What goes wrong with the log-probability of one word."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "every_row": Mistake(
        "The rows of all inner nodes were read, so one word costs as much as the whole vocabulary. The "
        "nodes on its path, points[word], are all that it depends on.",
        "Is the Approach Right?",
    ),
    "logarithm_of_sigmoid": Mistake(
        "The sigmoid was taken first and its logarithm after it: for a score of -900 that is ln 0, minus "
        "infinity. Take both in one step, as -ln(1 + exp(-z)) without overflow.",
        "Is the Approach Right?",
        "https://github.com/pytorch/pytorch/issues/1835",
    ),
    "turns_mirrored": Mistake(
        "Turn 1 got sigmoid(x) in place of sigmoid(-x). In this chapter turn 0 is the one with sigmoid(x), "
        "so the sign of the score is 1 - 2 * turn.",
        "The Loss",
    ),
    "base_two": Mistake(
        "The logarithm is of base 2, which counts bits. Losses and log-probabilities are in nats here: take "
        "the natural logarithm.",
        "The Loss",
    ),
    "loss_returned": Mistake(
        "The sign is turned: this is the loss, the negative of what is asked. A log-probability is never "
        "above 0.",
        "The Loss",
    ),
    "last_node_missing": Mistake(
        "The last node of the path was left out, as if it were the word's leaf, so two words share a value. "
        "All of points[word] are inner nodes, and a turn is taken at each.",
        "Huffman's Tree",
    ),
}


def path_log_prob(row, hidden, codes, points, word, *, wrong):
    """Return the log-probability with the mistakes in `wrong`."""
    nodes, turns = numpy.asarray(points[word]), numpy.asarray(codes[word])
    if "last_node_missing" in wrong:
        nodes, turns = nodes[:-1], turns[:-1]
    if "every_row" in wrong:
        scores = numpy.array([row(node) @ hidden for node in range(len(codes) - 1)])[nodes]
    else:
        scores = numpy.array([row(node) @ hidden for node in nodes.tolist()])
    z = (2.0 * turns - 1.0 if "turns_mirrored" in wrong else 1.0 - 2.0 * turns) * scores
    if "logarithm_of_sigmoid" in wrong:
        with numpy.errstate(over="ignore", divide="ignore"):
            terms = numpy.log(1 / (1 + numpy.exp(-z)))
    else:
        terms = -numpy.logaddexp(0, -z)
    total = terms.sum() / (numpy.log(2) if "base_two" in wrong else 1.0)
    return -total if "loss_returned" in wrong else total
