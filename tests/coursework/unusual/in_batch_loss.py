"""Unusual right answers."""

import numpy


def with_expected_counts(scores, target, counts):
    """Correct by how often each word is expected in the batch, in place."""
    batch_size = len(target)
    scores -= numpy.log(batch_size * counts[target] / numpy.sum(counts))
    scores -= scores.max(axis=1, keepdims=True)
    same = target[:, None] == target[None, :]
    weights = numpy.exp(scores) * (~same | numpy.eye(batch_size, dtype=bool))
    return numpy.log(weights.sum(axis=1)) - numpy.diag(scores)


def of_differences(scores, target, counts, dtype="float32"):
    """Sum over how much each column is above the diagonal; a common factor of Q drops out."""
    log_counts = numpy.log(counts[target])
    losses = []
    for i, row in enumerate((scores - log_counts).tolist()):
        others = [x - row[i] for j, x in enumerate(row) if target[j] != target[i]]
        losses.append(numpy.logaddexp.reduce([0.0, *others]))
    return numpy.array(losses, dtype=dtype)
