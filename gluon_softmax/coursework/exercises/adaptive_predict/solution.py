"""p(w) = p(tail) p(w | tail) is at most p(tail), so a slot's probability bounds every word behind it.

A tail is scored only where its slot is above the best word so far. A likely slot alone says nothing: its
probability may be shared out among many words, so the best of them still has to win.
"""

import numpy


def adaptive_predict(head_log_prob, cutoffs, tail_log_prob):
    """Return the likeliest word of each position."""
    words = []
    for n, row in enumerate(head_log_prob):
        word = int(numpy.argmax(row[: cutoffs[0]]))
        best = row[word]
        for i in range(len(cutoffs)):
            slot = row[cutoffs[0] + i]
            if slot <= best:
                continue
            within = tail_log_prob(n, i)
            place = int(numpy.argmax(within))
            if slot + within[place] > best:
                word, best = cutoffs[i] + place, slot + within[place]
        words.append(word)
    return numpy.array(words)
