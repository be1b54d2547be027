"""The weight of a word is count^(3/4), and its probability is its share of all weights but that of <unk>.

The power is no theorem: the paper's authors tried 0, 1 and 3/4, and 3/4 was best. It draws rare words more
often than the text has them: of two words with counts 16 : 1 the weights are 8 : 1. Dividing the counts by
the number of tokens before does not matter, since the factor cancels in the share.
"""

import numpy


def noise_probability(counts):
    """Return the probability of drawing each word."""
    weights = [0.0]
    for count in counts[1:]:
        weights.append(float(count) ** 0.75)
    total = sum(weights)
    return numpy.array([weight / total for weight in weights])
