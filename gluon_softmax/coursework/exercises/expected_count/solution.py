"""With repeats the count of a word is a sum of num_sampled zeros and ones, each 1 with probability p.

Its mean is num_sampled p. A unique sample has a word unless every try missed it, which has the probability
(1 - p)^num_tries; tries that drew a word again count, since they too could have drawn this one.
"""

import numpy


def expected_count(probability, num_sampled, num_tries, unique):
    """Return the expected count of each word."""
    counts = []
    for p in probability:
        if unique:
            missed = 1.0
            for _ in range(num_tries):
                missed *= 1.0 - p
            counts.append(1.0 - missed)
        else:
            counts.append(num_sampled * p)
    return numpy.array(counts)
