"""What goes wrong with predictions of adaptive softmax."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "every_tail": Mistake(
        "Tails were scored whose slot is less likely than a word of the head, which is work in vain. A word "
        "is never likelier than its slot: skip such tails.",
        "Two Softmaxes",
    ),
    "likeliest_slot": Mistake(
        "The likeliest column of the head decided, and where it is a slot the word came from that tail. A "
        "slot is many words: its best one must still be likelier than every other word.",
        "Two Softmaxes",
    ),
    "slot_left_out": Mistake(
        "Words of a tail were compared by their probability within the tail. Add the slot's log-probability "
        "before comparing.",
        "Two Softmaxes",
    ),
    "place_in_tail": Mistake(
        "The place within the tail was returned as the word's id. The tail begins with the word cutoffs[i].",
        "Two Softmaxes",
    ),
    "first_cutoff_for_all": Mistake(
        "Every tail was taken to begin at the first cutoff. Tail i begins at cutoffs[i].",
        "Two Softmaxes",
    ),
    "head_alone": Mistake(
        "Only words of the head are ever predicted. Where a slot is likelier than all of them its tail may "
        "have a likelier word.",
        "Two Softmaxes",
    ),
}


def adaptive_predict(head_log_prob, cutoffs, tail_log_prob, *, wrong):
    """Return words with the mistakes in `wrong`."""
    num_tails, first = len(cutoffs), cutoffs[0]
    begin = [first] * num_tails if "first_cutoff_for_all" in wrong else cutoffs
    begin = [0] * num_tails if "place_in_tail" in wrong else begin
    words = []
    for n, row in enumerate(head_log_prob):
        candidates = [(row[:first].max(), int(row[:first].argmax()))]
        slots = [i for i in range(num_tails) if "every_tail" in wrong or row[first + i] > candidates[0][0]]
        if "head_alone" in wrong:
            slots = slots if "every_tail" in wrong else []
        for i in slots:
            within = tail_log_prob(n, i)
            joint = within.max() + (0.0 if "slot_left_out" in wrong else row[first + i])
            if "likeliest_slot" in wrong:
                joint = numpy.inf if row.argmax() == first + i else -numpy.inf
            candidates.append((joint, begin[i] + int(within.argmax())))
        chosen = candidates[:1] if "head_alone" in wrong else candidates
        words.append(max(chosen, key=lambda pair: pair[0])[1])
    return numpy.array(words)
