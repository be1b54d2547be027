"""g <- g min(1, clip_norm / |g|), where |g| is the norm of all arrays as one vector.

One factor for all arrays keeps the direction of the step; a factor for each array, or a bound for each
number, would turn it. Where |g| is not above clip_norm the factor is 1: nothing is divided by a norm of 0.
"""

import math


def clip_by_global_norm(gradients, clip_norm):
    """Return the scaled arrays."""
    squares = 0.0
    for array in gradients:
        for value in array.ravel():
            squares += float(value) ** 2
    norm = math.sqrt(squares)
    factor = clip_norm / norm if norm > clip_norm else 1.0
    return [array * factor for array in gradients]
