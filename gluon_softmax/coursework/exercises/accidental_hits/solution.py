"""The sum is over the target and the candidates that are other words.

A candidate that equals a row's target would count it a second time, and the loss would push down what it
should raise. It is a hit in the rows of that target alone.
"""

import numpy


def accidental_hits(scores, target, candidates):
    """Return the scores without hits."""
    masked = numpy.array(scores, dtype=float)
    for n in range(len(target)):
        for c in range(len(candidates)):
            if candidates[c] == target[n]:
                masked[n, 1 + c] = -numpy.inf
    return masked
