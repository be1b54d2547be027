"""The head's softmax shares out the whole probability among its words and the slots.

A slot's share belongs to its tail, whose softmax divides it: ln p(w) = ln p(slot) + ln p(w | tail). The slots
themselves are no words and are not in the result.
"""

import numpy


def adaptive_log_prob(head_scores, tail_scores):
    """Return the log-probabilities of all words."""

    def log_softmax(scores):
        largest = max(scores)
        total = largest + numpy.log(sum(numpy.exp(score - largest) for score in scores))
        return [score - total for score in scores]

    num_words = head_scores.shape[1] - len(tail_scores)
    result = []
    for n in range(len(head_scores)):
        head = log_softmax(head_scores[n])
        row = head[:num_words]
        for i in range(len(tail_scores)):
            row = row + [head[num_words + i] + word for word in log_softmax(tail_scores[i][n])]
        result.append(row)
    return numpy.array(result)
