"""Unusual right answers."""

import numpy


def in_place(head_scores, tail_scores):
    """Write into the arguments."""
    head_scores -= numpy.logaddexp.reduce(head_scores, axis=1)[:, None]
    for i, scores in enumerate(reversed(tail_scores), start=1):
        scores -= numpy.logaddexp.reduce(scores, axis=1)[:, None]
        scores += head_scores[:, -i][:, None]
    return numpy.concatenate([head_scores[:, : -len(tail_scores)], *tail_scores], axis=1)


def of_probabilities(head_scores, tail_scores, dtype="float64"):
    """Share out probabilities, and take the logarithm at the end."""

    def softmax(scores):
        e = numpy.exp((scores - scores.max(axis=-1, keepdims=True)).astype(dtype))
        return e / e.sum(axis=-1, keepdims=True)

    split = head_scores.shape[1] - len(tail_scores)
    words, slots = numpy.split(softmax(head_scores), [split], axis=1)
    rows = []
    for n, row in enumerate(words):
        tails = [slots[n, i] * softmax(scores[n]) for i, scores in enumerate(tail_scores)]
        rows.append(numpy.log(numpy.concatenate([row, *tails])).tolist())
    return rows
