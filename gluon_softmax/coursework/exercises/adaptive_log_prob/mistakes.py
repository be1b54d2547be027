"""What goes wrong with the log-probabilities of adaptive softmax."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "slot_left_out": Mistake(
        "A tail's columns are the log-probabilities within the tail, so each tail sums to one by itself. Add "
        "the log-probability of its slot.",
        "Two Softmaxes",
    ),
    "slots_are_words": Mistake(
        "The slots are in the result, which has more columns than there are words. A slot is a whole tail, "
        "and its probability is that of the tail's words.",
        "Two Softmaxes",
    ),
    "slots_reversed": Mistake(
        "The slots were counted from the end, so the first tail gets the last one's probability. Slot i is "
        "the column c_0 + i of the head.",
        "Two Softmaxes",
    ),
    "slot_along_words": Mistake(
        "The slots' column was added along the tail's words in place of along the positions, which raises no "
        "error where both are equally many. Give the column an axis more: (N, 1).",
        "Two Softmaxes",
        "https://github.com/huggingface/transformers/issues/1086",
    ),
    "head_without_slots": Mistake(
        "The head's words were normalised without the slots, and nothing is left for the tails. The head's "
        "softmax is over words and slots together.",
        "Two Softmaxes",
    ),
    "multiplied": Mistake(
        "The logarithms of slot and word were multiplied. Probabilities are multiplied; their logarithms are "
        "added.",
        "Two Softmaxes",
    ),
}


def adaptive_log_prob(head_scores, tail_scores, *, wrong):
    """Return log-probabilities with the mistakes in `wrong`."""

    def log_softmax(scores):
        return scores - numpy.logaddexp.reduce(scores, axis=1)[:, None]

    num_words = head_scores.shape[1] - len(tail_scores)
    head = log_softmax(head_scores)
    slots = head[:, num_words:][:, :: -1 if "slots_reversed" in wrong else 1]
    words = log_softmax(head_scores[:, :num_words]) if "head_without_slots" in wrong else head[:, :num_words]
    parts = [words, slots] if "slots_are_words" in wrong else [words]
    for i, scores in enumerate(tail_scores):
        slot = slots[:, i, None]
        if "slot_along_words" in wrong and scores.shape[0] == scores.shape[1]:
            slot = slot.T
        if "slot_left_out" in wrong:
            slot = 1.0 if "multiplied" in wrong else 0.0
        within = log_softmax(scores)
        parts.append(-(slot * within) if "multiplied" in wrong else slot + within)
    return numpy.hstack(parts)
