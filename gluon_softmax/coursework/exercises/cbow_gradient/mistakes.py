"""What goes wrong with CBOW's mean and its gradient."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "What word2vec.c Really Does"
MISTAKES = {
    "undivided": Mistake(
        "Each context has the whole gradient of the mean, as in word2vec.c, so a window of n words takes a "
        "step n times as long. A row enters the mean with the factor 1/n, and its gradient has it too.",
        _SECTION,
        "https://github.com/facebookresearch/fastText/issues/910",
    ),
    "repeats_once": Mistake(
        "A word that stands at several positions got the gradient of one of them: indexing with an array "
        "and += writes each row once. The gradients of all its positions add up.",
        _SECTION,
        "https://github.com/piskvorky/gensim/issues/242",
    ),
    "mean_over_length": Mistake(
        "The sum was divided by the padded length L, so that a short window has a small hidden vector. "
        "Divide by the number of real positions.",
        "The Masked Binary Cross-Entropy",
        "https://github.com/brightmart/text_classification/issues/39",
    ),
    "padding_in_the_mean": Mistake(
        "The row of the padding's id is in the mean as if that word had been read. Padded positions take no "
        "part, in the sum and in the number.",
        "The Masked Binary Cross-Entropy",
    ),
    "padding_learns": Mistake(
        "Hidden is right, but the padding's row gets a gradient at every padded position. The mask belongs "
        "to the way back as well.",
        "The Masked Binary Cross-Entropy",
    ),
    "sum_for_mean": Mistake(
        "Hidden is the sum of the rows, whose length grows with the window. CBOW takes their mean, forward "
        "and in the gradient.",
        _SECTION,
    ),
}


def cbow_gradient(contexts, mask, weight, by_hidden, *, wrong):
    """Return hidden and the gradient by the table with the mistakes in `wrong`."""
    mask = numpy.ones(mask.shape) if "padding_in_the_mean" in wrong else mask.astype(float)
    length = numpy.full(len(mask), mask.shape[1]) if "mean_over_length" in wrong else mask.sum(axis=1)
    scale = 1 / numpy.maximum(length, 1.0)
    if "sum_for_mean" in wrong:
        scale = numpy.ones(len(mask))
    hidden = numpy.einsum("b,bl,bld->bd", scale, mask, weight[contexts])
    back = numpy.ones(mask.shape) if "padding_learns" in wrong else mask
    if "undivided" in wrong:
        scale = numpy.ones(len(mask))
    steps = (back * scale[:, None])[:, :, None] * by_hidden[:, None, :]
    by_table = numpy.zeros_like(weight)
    if "repeats_once" in wrong:
        for window in range(len(contexts)):  # a window at a time, as a program reads its text
            real = back[window] > 0
            by_table[contexts[window][real]] += steps[window][real]
    else:
        numpy.add.at(by_table, contexts, steps)
    return hidden, by_table
