"""Unusual right answers."""

import numpy


def likeliest_slot_first(head_log_prob, cutoffs, tail_log_prob):
    """Ask the tails in the order of their slots, and stop at the first that cannot win."""
    words = []
    for n in range(len(head_log_prob)):
        row = head_log_prob[n].tolist()
        best, word = max((p, w) for w, p in enumerate(row[: cutoffs[0]]))
        for slot, i in sorted(((p, i) for i, p in enumerate(row[cutoffs[0] :])), reverse=True):
            if slot <= best:
                break
            for place, p in enumerate(tail_log_prob(n, i)):
                if slot + p > best:
                    best, word = slot + p, cutoffs[i] + place
        words.append(word)
    return words


def with_a_full_row(head_log_prob, cutoffs, tail_log_prob, missing=-1e9):
    """Fill a row of all words where tails may win, the rest with a number too small to."""
    words = numpy.zeros(len(head_log_prob), dtype="int32")
    for n in range(len(words)):
        head, slots = numpy.split(numpy.exp(head_log_prob[n]), [cutoffs[0]])
        table = {w: p for w, p in enumerate(head)}
        for i in numpy.flatnonzero(slots > head.max()):
            shares = numpy.exp(tail_log_prob(numpy.int64(n), i))
            table.update({cutoffs[i] + k: slots[i] * share for k, share in enumerate(shares)})
        words[n] = max(table, key=lambda w: table.get(w, missing))
    return words
