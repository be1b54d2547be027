"""Unusual right answers."""

import numpy


def from_the_whole_table(hidden, target, head_weight, tails, cutoffs):
    """Build the log-probabilities of all words, and pick."""

    def log_softmax(scores):
        shifted = scores - scores.max(axis=1, keepdims=True)
        return shifted - numpy.log(numpy.exp(shifted).sum(axis=1, keepdims=True))

    head = log_softmax(hidden.astype("float32") @ head_weight.T)
    parts = [head[:, : cutoffs[0]]]
    for i, (projection, weight) in enumerate(tails):
        slot = head[:, cutoffs[0] + i, None]
        parts.append(slot + log_softmax(hidden @ (weight @ projection).T))
    return -numpy.concatenate(parts, axis=1)[numpy.arange(len(target)), target]


def a_position_at_a_time(hidden, target, head_weight, tails, cutoffs, as_float=float):
    """Take each position to its part, and add up log-probabilities."""

    def log_p(scores):
        return scores - numpy.logaddexp.reduce(scores)

    losses = []
    ends = [*cutoffs[1:], numpy.inf]
    for vector, word in zip(hidden, target.tolist()):
        head = log_p(head_weight @ vector)
        loss = -head[word] if word < cutoffs[0] else 0.0
        for i, (begin, end) in enumerate(zip(cutoffs, ends)):
            if begin <= word < end:
                projection, weight = tails[i]
                loss = -head[cutoffs[0] + i] - log_p(weight @ projection @ vector)[word - begin]
        losses.append(as_float(loss))
    return losses
