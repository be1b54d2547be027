"""What goes wrong with padding."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "mask_from_ids": Mistake(
        "The mask is 0 wherever the id is 0, so a word with the id 0 is taken for padding. Make the mask "
        "from the lengths of the rows.",
        "The Data",
        "https://github.com/piskvorky/gensim/issues/1900",
    ),
    "mask_of_ones": Mistake(
        "The mask is 1 everywhere, so the padding is trained as if it were noise. It is 0 beyond a row's own "
        "words.",
        "The Data",
        "https://github.com/yg211/bert_nli/pull/3",
    ),
    "noise_masked": Mistake(
        "The mask is 1 on the contexts alone, so no noise is left in the loss and every score may grow. "
        "Noise words are real positions too.",
        "The Data",
    ),
    "noise_labelled": Mistake(
        "All real words have the label 1, the noise too, so nothing is pushed apart. Only contexts have it.",
        "The Data",
    ),
    "noise_first": Mistake(
        "The noise words come before the contexts, and the labels, which go from the left, are on the wrong "
        "words. Put the contexts first.",
        "The Data",
    ),
    "cut_to_shortest": Mistake(
        "Rows were cut to the length of the shortest, so words were lost. Fill the others up to the longest.",
        "The Data",
    ),
    "flat_center": Mistake(
        "The centres have the shape (B,). Each is a row of one word, (B, 1), so that its vector can be "
        "multiplied with the row's L others.",
        "The Data",
    ),
}


def padded_batch(centers, contexts, negatives, *, wrong):
    """Return the four arrays with the mistakes in `wrong`."""
    pairs = zip(negatives, contexts) if "noise_first" in wrong else zip(contexts, negatives)
    rows = [list(one) + list(other) for one, other in pairs]
    sizes = numpy.array([len(row) for row in rows])
    length = sizes.min() if "cut_to_shortest" in wrong else sizes.max()
    words = numpy.array([(row + [0] * length)[:length] for row in rows])
    mask = numpy.arange(length) < sizes[:, None]
    contexts_only = numpy.arange(length) < numpy.array([len(row) for row in contexts])[:, None]
    label = mask if "noise_labelled" in wrong else contexts_only
    if "mask_from_ids" in wrong:
        mask = words != 0
    if "noise_masked" in wrong:
        mask = mask & contexts_only
    if "mask_of_ones" in wrong:
        mask = numpy.ones_like(mask)
    center = numpy.array(centers)
    center = center if "flat_center" in wrong else center[:, None]
    return center, words, mask.astype("float32"), label.astype("float32")
