"""What goes wrong with the perplexity."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "mean_of_perplexities": Mistake(
        "Each batch has its own perplexity here and their mean was taken, so the number depends on how the "
        "text was cut and is too high. Take the exponential once, of the mean over all tokens.",
        "The Language Model",
    ),
    "mean_of_means": Mistake(
        "The batches' mean losses were averaged, so a token of a short batch weighs more than others. Add up "
        "losses and tokens over all batches and divide once.",
        "The Language Model",
        "https://github.com/huggingface/transformers/issues/41898",
    ),
    "mean_of_exponentials": Mistake(
        "The exponential was taken of each loss, before the mean, and a few hard tokens decide. The "
        "exponential comes after the mean.",
        "The Language Model",
        "https://github.com/magenta/magenta/pull/239",
    ),
    "base_two": Mistake(
        "2 was raised to a loss in nats, which gives too small a number. Base and logarithm belong together: "
        "natural logarithms take exp.",
        "The Language Model",
        "https://github.com/huggingface/evaluate/issues/241",
    ),
    "padding_counts": Mistake(
        "The losses of padded positions are in the sum. Padding is no token: leave it out of the sum and of "
        "the number of tokens.",
        "The Language Model",
        "https://github.com/ml-explore/mlx-lm/pull/1855",
    ),
    "padding_in_the_number": Mistake(
        "The padding's losses are left out, but the sum was divided by the number of all positions, so "
        "padding makes the model look better. Divide by the sum of the masks.",
        "The Language Model",
    ),
}


def perplexity(losses, masks, *, wrong):
    """Return the perplexity with the mistakes in `wrong`."""
    power = numpy.exp2 if "base_two" in wrong else numpy.exp
    sums, sizes = [], []
    for batch, mask in zip(losses, masks):
        kept = numpy.ones_like(mask) if "padding_counts" in wrong else mask
        terms = power(batch) if "mean_of_exponentials" in wrong else batch
        sums.append((terms * kept).sum())
        sizes.append(mask.size if "padding_in_the_number" in wrong else kept.sum())
    sums, sizes = numpy.array(sums), numpy.array(sizes)
    last = (lambda mean: mean) if "mean_of_exponentials" in wrong else power
    if "mean_of_perplexities" in wrong:
        return last(sums / sizes).mean()
    if "mean_of_means" in wrong:
        return last((sums / sizes).mean())
    return last(sums.sum() / sizes.sum())
