"""What goes wrong with clipping by the global norm."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "norm_of_each": Mistake(
        "Each array was clipped by its own norm, so long arrays shrink and short ones do not, and the step "
        "turns. There is one norm, of all arrays together, and one factor.",
        "The Language Model",
        "https://github.com/huggingface/transformers/issues/581",
    ),
    "always_scaled": Mistake(
        "Gradients that were short enough were stretched to the clip norm. Clipping only shortens: the "
        "factor is 1 at most.",
        "The Language Model",
    ),
    "square_root_missing": Mistake(
        "The sum of squares was compared and divided by, not its root, so long gradients become far too "
        "short. The norm is the square root of the sum of squares.",
        "The Language Model",
        "https://github.com/paiml/entrenar/issues/311",
    ),
    "by_value": Mistake(
        "Each number was cut to the range from -clip_norm to clip_norm, which turns the step and does not "
        "bound its length. Scale all numbers by one factor.",
        "The Language Model",
        "https://github.com/neuroailab/tfutils/issues/115",
    ),
    "divided_by_zero": Mistake(
        "A gradient of zeros became NaN: it was divided by its norm, and one such step ruins all parameters. "
        "Divide only where the norm is above the clip norm.",
        "The Language Model",
        "https://github.com/PaddlePaddle/Paddle/issues/26282",
    ),
    "norms_added": Mistake(
        "The norms of the arrays were added up, which is more than the norm of all together, so too much is "
        "cut. Add the squares and take the root of the sum.",
        "The Language Model",
    ),
}


def clip_by_global_norm(gradients, clip_norm, *, wrong):
    """Return the arrays with the mistakes in `wrong`."""
    if "by_value" in wrong:
        return [numpy.clip(array, -clip_norm, clip_norm) for array in gradients]
    squares = numpy.array([(array**2).sum() for array in gradients])
    root = (lambda value: value) if "square_root_missing" in wrong else numpy.sqrt
    if "norm_of_each" in wrong:
        norms = root(squares)
    else:
        norm = root(squares).sum() if "norms_added" in wrong else root(squares.sum())
        norms = numpy.full(len(gradients), norm)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        if "divided_by_zero" in wrong:
            lengths = (
                numpy.full_like(norms, clip_norm) if "always_scaled" in wrong else norms.clip(max=clip_norm)
            )
            return [array * (length / norm) for array, length, norm in zip(gradients, lengths, norms)]
        factors = clip_norm / norms
    if "always_scaled" not in wrong:
        factors = factors.clip(max=1.0)
    factors[norms == 0] = 1.0
    return [array * factor for array, factor in zip(gradients, factors)]
