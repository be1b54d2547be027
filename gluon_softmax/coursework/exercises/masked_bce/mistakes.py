"""What goes wrong with the masked binary cross-entropy."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "mean_over_length": Mistake(
        "The sum was divided by the row's length, padding included, so rows with more padding weigh less. "
        "Only real positions count: divide by the sum of the mask.",
        "The Masked Binary Cross-Entropy",
        "https://github.com/tracel-ai/burn/issues/5568",
    ),
    "padding_counts": Mistake(
        "Padded positions are in the sum, as if they were noise words. Multiply each term by the mask before "
        "the row is added up.",
        "The Masked Binary Cross-Entropy",
        "https://github.com/WindChimeRan/OpenJERE/issues/6",
    ),
    "label_turned": Mistake(
        "Contexts were pushed apart and noise words pulled near: the labels are the other way round. A label "
        "of 1 takes -ln sigmoid(pred), a label of 0 takes -ln sigmoid(-pred).",
        "The Masked Binary Cross-Entropy",
    ),
    "mean_over_all": Mistake(
        "One mean was taken over the whole batch, so the loss is a number. Each example has a loss of its "
        "own: take the mean along axis 1.",
        "The Masked Binary Cross-Entropy",
    ),
    "mask_into_score": Mistake(
        "The mask was multiplied into the scores, and a score of 0 costs ln 2. Multiply the loss by the "
        "mask, not what goes into it.",
        "The Masked Binary Cross-Entropy",
    ),
}


def masked_bce(pred, label, mask, *, wrong):
    """Return the loss with the mistakes in `wrong`."""
    length = numpy.full(len(pred), pred.shape[1]) if "mean_over_length" in wrong else mask.sum(axis=1)
    if "mask_into_score" in wrong:
        pred, mask = pred * mask, numpy.ones_like(mask)
    if "padding_counts" in wrong:
        mask = numpy.ones_like(mask)
    sign = 2 * label - 1 if "label_turned" in wrong else 1 - 2 * label
    terms = numpy.logaddexp(0.0, sign * pred) * mask
    if "mean_over_all" in wrong:
        return terms.sum() / length.sum()
    return terms.sum(axis=1) / length
