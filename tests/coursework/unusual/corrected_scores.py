"""Unusual right answers."""

import numpy


def in_place(target_scores, candidate_scores, target_counts, candidate_counts):
    """Change the arguments."""
    target_scores -= numpy.log(target_counts)
    candidate_scores -= numpy.log(candidate_counts)[None, :]
    return numpy.hstack([target_scores[:, None], candidate_scores])


def by_weights(target_scores, candidate_scores, target_counts, candidate_counts):
    """Weigh the exponentials, in float32, as a list of lists."""
    rows = []
    for score, row, count in zip(target_scores, candidate_scores, target_counts):
        weighed = numpy.exp(numpy.append(score, row)) / numpy.append(count, candidate_counts)
        rows.append(numpy.log(weighed).astype("float32").tolist())
    return rows
