"""Right answers of another kind."""

import numpy


def in_place(gradients, clip_norm):
    """In place, as MXNet's own function does, by one flat vector."""
    norm = numpy.linalg.norm(numpy.concatenate([array.ravel() for array in gradients]))
    for array in gradients:
        array /= max(1.0, norm / clip_norm)
    return gradients


def with_lists(gradients, clip_norm, epsilon=1e-12):
    """Lists of numbers in float32, with a small number beside the norm."""
    squares = sum(float(numpy.vdot(array, array)) for array in gradients)
    factor = numpy.float32(min(1.0, clip_norm / (squares**0.5 + epsilon)))
    return tuple((factor * array.astype("float32")).tolist() for array in gradients)
