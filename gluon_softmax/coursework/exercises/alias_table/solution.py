"""Scaled by n over their sum the weights have the mean 1, as much as the n columns of height 1 hold.

While some word has less than 1, another has more. The first leaves its column with what it has, and the other
fills it up and keeps the rest. Every step finishes one column and keeps the mean of the rest at 1, so after n
steps all are done. In exact arithmetic only full columns remain; by rounding one a little below 1 may, and it
is full too. A draw costs one column and one comparison, where a search in sums costs log n.
"""

import numpy


def alias_table(weights):
    """Return the table."""
    n = len(weights)
    left = [float(weight) * n / float(sum(weights)) for weight in weights]
    accept, alias = numpy.ones(n), numpy.arange(n)
    low = [i for i in range(n) if left[i] < 1.0]
    high = [i for i in range(n) if left[i] >= 1.0]
    while low and high:
        i, donor = low.pop(), high.pop()
        accept[i], alias[i] = left[i], donor
        left[donor] -= 1.0 - left[i]
        (low if left[donor] < 1.0 else high).append(donor)
    return accept, alias
