"""The full softmax's sum over w of exp(s(w)) is estimated by a sum over what was sampled.

A word that is expected Q(w) times among the sampled ones has to count as 1 / Q(w) of itself, so that the
mean of the estimate is the sum: exp(s) / Q = exp(s - ln Q). The target is a sampled class like the others.
"""

import math

import numpy


def corrected_scores(target_scores, candidate_scores, target_counts, candidate_counts):
    """Return the corrected scores, the target's first."""
    rows = []
    for n in range(len(target_scores)):
        row = [target_scores[n] - math.log(target_counts[n])]
        for c in range(len(candidate_counts)):
            row.append(candidate_scores[n, c] - math.log(candidate_counts[c]))
        rows.append(row)
    return numpy.array(rows)
