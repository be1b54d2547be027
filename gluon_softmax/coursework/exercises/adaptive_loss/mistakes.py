"""What goes wrong with the loss of adaptive softmax."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "no_slot_term": Mistake(
        "The loss of a tail's word is that within its tail alone, so the head never learns which tail is "
        "right and rare words look likely. Add the head's loss of the tail's slot.",
        "Two Softmaxes",
    ),
    "slot_term_twice": Mistake(
        "The loss of the slot was added twice to that of a tail's word. p(w) is p(tail) p(w | tail), so each "
        "of the two has one term.",
        "Two Softmaxes",
        "https://github.com/salesforce/awd-lstm-lm/issues/82",
    ),
    "cutoff_off_by_one": Mistake(
        "A word whose id is a cutoff was taken for the last one of the part before. A part ends below its "
        "cutoff: the word c_i is the first of tail i.",
        "Two Softmaxes",
    ),
    "slots_reversed": Mistake(
        "The slots were counted from the end, so the first tail has the last one's slot. Slot i stands at "
        "c_0 + i.",
        "Two Softmaxes",
    ),
    "head_without_slots": Mistake(
        "For words of the head the softmax was taken without the slots, and all words together have a "
        "probability above one. The head's softmax is over its words and its slots.",
        "Two Softmaxes",
    ),
    "mean": Mistake(
        "One mean over all positions was returned. Each position has a loss of its own.",
        "Two Softmaxes",
    ),
}


def adaptive_loss(hidden, target, head_weight, tails, cutoffs, *, wrong):
    """Return losses with the mistakes in `wrong`."""
    scores, rows = hidden @ head_weight.T, numpy.arange(len(target))
    side = "left" if "cutoff_off_by_one" in wrong else "right"
    part = numpy.searchsorted(cutoffs, target, side=side)
    slot = len(cutoffs) - part if "slots_reversed" in wrong else part - 1
    off_by_one = numpy.where(target == cutoffs[0], cutoffs[0], target)
    place = numpy.where(part == 0, off_by_one, cutoffs[0] + slot)
    head = numpy.logaddexp.reduce(scores, axis=1) - scores[rows, place]
    if "head_without_slots" in wrong:
        words = numpy.logaddexp.reduce(scores[:, : cutoffs[0]], axis=1) - scores[rows, place]
        head = numpy.where(part == 0, words, head)
    tail_loss = numpy.zeros(len(target))
    for i, (projection, weight) in enumerate(tails):
        here = part == i + 1
        within = hidden[here] @ projection.T @ weight.T
        word = numpy.minimum(target[here] - cutoffs[i], len(weight) - 1)
        tail_loss[here] = numpy.logaddexp.reduce(within, axis=1) - within[numpy.arange(here.sum()), word]
    slot_terms = 0 if "no_slot_term" in wrong else 1 + ("slot_term_twice" in wrong)
    times = numpy.where(part == 0, 1, slot_terms)
    losses = times * head + tail_loss
    return losses.mean() if "mean" in wrong else losses
