"""What goes wrong with the bias of sampled gradients."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "never_resampled": Mistake(
        "Every step took the first draw, so the resampled mean is the fixed one and most words are never "
        "pushed down. Step i takes the candidates of draw i.",
        "The Loss",
        "https://github.com/guoyang9/NCF/issues/4",
    ),
    "mean_of_errors": Mistake(
        "The mean of the single draws' errors was taken, which is mostly their spread. The bias is the error "
        "of the mean: average the gradients first.",
        "The Loss",
    ),
    "repeats_once": Mistake(
        "A word that was drawn twice has one term in the sum, while Q counts draws with repeats. Each draw "
        "is a term of its own.",
        "The Loss",
    ),
    "not_corrected": Mistake(
        "The scores were not lowered by ln Q, so the mean gradient tends to that of another softmax, "
        "whatever the number of draws. Correct each score before the softmax.",
        "The Loss",
        "https://github.com/NVIDIA-Merlin/models/pull/1051",
    ),
    "no_one_hot": Mistake(
        "The gradient is the softmax alone, which pushes every word down. The target's has 1 less: softmax "
        "minus one-hot.",
        "The Loss",
    ),
    "hits_kept": Mistake(
        "Candidates that are the target stay in the sum, and the target's gradient is too small. Leave them "
        "out of each draw.",
        "The Loss",
    ),
}


def gradient_bias(scores, target, draws, expected, *, wrong):
    """Return gradients and biases with the mistakes in `wrong`."""
    log_q = numpy.zeros(len(scores)) if "not_corrected" in wrong else numpy.log(expected)
    one_hot = (numpy.arange(len(scores)) == target) * 1.0
    removed = 0.0 if "no_one_hot" in wrong else one_hot

    def gradients(times, shift):
        weights = times * numpy.exp(scores - shift)
        return weights / weights.sum(axis=-1, keepdims=True) - removed

    times = (draws[:, :, None] == numpy.arange(len(scores))).sum(axis=1)
    if "repeats_once" in wrong:
        times = numpy.minimum(times, 1)
    times = times + one_hot if "hits_kept" in wrong else numpy.where(one_hot == 1, 1.0, times)
    each = gradients(times, log_q)
    if "never_resampled" in wrong:
        each = numpy.tile(each[0], (len(draws), 1))
    full = gradients(numpy.ones(len(scores)), 0.0)
    norm = numpy.linalg.norm(full)
    biases = [numpy.linalg.norm(mean - full) / norm for mean in (each.mean(axis=0), each[0])]
    if "mean_of_errors" in wrong:
        biases[0] = numpy.linalg.norm(each - full, axis=1).mean() / norm
    return numpy.stack([full, each.mean(axis=0), each[0]]), numpy.array(biases)
