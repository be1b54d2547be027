"""Before: "The Data" in the chapter on negative sampling."""

import numpy


def noise_probability(counts):
    """Return the probability of each word in one draw of a noise word.

    Parameters
    ----------
    counts : (V,) int, how often each word occurs; entry 0 counts `<unk>`, some other one is above 0.

    Returns
    -------
    (V,) float: in proportion to count^0.75, 0 for `<unk>`; they sum to one.

    >>> noise_probability(numpy.array([9, 16, 16]))
    array([0. , 0.5, 0.5])
    """
    raise NotImplementedError
