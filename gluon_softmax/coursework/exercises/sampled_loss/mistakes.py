"""What goes wrong with the loss of sampled softmax."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "not_corrected": Mistake(
        "The scores go into the softmax as they are, so words that are often drawn are pushed down too "
        "often. Lower the score of the target and of each candidate by its ln Q.",
        "The Loss",
        "https://github.com/NVIDIA-Merlin/models/issues/161",
    ),
    "hits_kept": Mistake(
        "A candidate that is the target stays in the sum, which then has the target twice. A sampler does "
        "not know the targets: leave such candidates out.",
        "The Loss",
        "https://github.com/tensorflow/tensorflow/issues/44758",
    ),
    "target_not_in_sum": Mistake(
        "The sum is over the candidates alone, so the loss can be negative and falls without end. The target "
        "is one of the classes of the softmax: it belongs into the sum.",
        "The Loss",
        "https://github.com/danielward27/flowjax/pull/164",
    ),
    "candidates_alone_corrected": Mistake(
        "ln Q was subtracted from the candidates but not from the target, which makes frequent targets "
        "dearer than they are. The target's score is lowered by its own ln Q.",
        "The Loss",
    ),
    "bias_of_target_alone": Mistake(
        "The candidates were scored without their biases. The score of every word is weight . hidden + bias.",
        "The Loss",
    ),
    "mean": Mistake(
        "One mean over all positions was returned. Each position has a loss of its own, which the caller "
        "adds up or weighs.",
        "The Loss",
    ),
}


def sampled_loss(hidden, target, weight, bias, candidates, expected, *, wrong):
    """Return losses with the mistakes in `wrong`."""
    log_q = numpy.zeros(len(bias)) if "not_corrected" in wrong else numpy.log(expected)
    right = numpy.einsum("nd,nd->n", hidden, weight[target]) + bias[target]
    others = hidden @ weight[candidates].T - log_q[candidates]
    if "candidates_alone_corrected" not in wrong:
        right = right - log_q[target]
    if "bias_of_target_alone" not in wrong:
        others = others + bias[candidates]
    if "hits_kept" not in wrong:
        others = numpy.where(target[:, None] == candidates, -numpy.inf, others)
    inside = others if "target_not_in_sum" in wrong else numpy.column_stack([right, others])
    losses = numpy.logaddexp.reduce(inside, axis=1) - right
    return losses.mean() if "mean" in wrong else losses
