"""What goes wrong with the gradient of the masked binary cross-entropy."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "slope_of_sigmoid": Mistake(
        "The difference was multiplied by sigmoid (1 - sigmoid) once more. That factor is the derivative "
        "of sigmoid alone; the logarithm in the loss cancels it.",
        "What word2vec.c Really Does",
        "https://github.com/NLPchina/Word2VEC_java/issues/1",
    ),
    "uphill": Mistake(
        "This is label - sigmoid, the gradient of the log-likelihood, as word2vec.c has it. The loss is "
        "minus that, and so is its gradient.",
        "What word2vec.c Really Does",
    ),
    "mean_over_length": Mistake(
        "The sum was divided by the row's length, padding included. Divide by the number of real positions.",
        "The Masked Binary Cross-Entropy",
        "https://github.com/d2l-ai/d2l-en/issues/2076",
    ),
    "mean_before_mask": Mistake(
        "The mean of the whole batch was taken before the mask, which then has nothing left to do. Mask each "
        "position's term, and take the mean of each row's real ones.",
        "The Masked Binary Cross-Entropy",
        "https://github.com/WindChimeRan/OpenJERE/issues/6",
    ),
    "zero_at_zero": Mistake(
        "The loss was differentiated as max(x, 0) - x y + ln(1 + exp(-|x|)) with 0 for the kinks at x = 0, "
        "which leaves out half of a step. The loss is smooth there, and sigmoid(0) is 1/2.",
        "The Masked Binary Cross-Entropy",
        "https://github.com/pytorch/pytorch/pull/2195",
    ),
    "padding_moves": Mistake(
        "Padded positions have a gradient, so the word with the padding's id is trained. It is 0 where the "
        "mask is 0.",
        "The Masked Binary Cross-Entropy",
    ),
    "sum_of_row": Mistake(
        "This is the gradient of a row's sum. Its loss is the mean of the real positions: divide by their "
        "number.",
        "The Masked Binary Cross-Entropy",
    ),
    "mean_over_rows": Mistake(
        "The gradient was divided by the number of rows too. What is asked belongs to the sum of the rows' "
        "losses; the trainer divides by the batch size.",
        "Training",
    ),
    "overflows": Mistake(
        "exp(x) / (1 + exp(x)) is no number for large scores, where both are inf. For x >= 0 use exp(-x), "
        "which cannot overflow.",
        "The Masked Binary Cross-Entropy",
    ),
}


def masked_bce_gradient(pred, label, mask, *, wrong):
    """Return the gradient with the mistakes in `wrong`."""
    pred = numpy.asarray(pred, dtype="float64")
    share = mask / mask.sum(axis=1, keepdims=True)
    if "mean_over_length" in wrong:
        share = mask / pred.shape[1]
    if "sum_of_row" in wrong:
        share = mask
    if "padding_moves" in wrong:
        share = numpy.where(mask == 0, share.max(axis=1, keepdims=True), share)
    if "mean_before_mask" in wrong:
        share = numpy.full_like(pred, 1.0 / pred.size)
    if "mean_over_rows" in wrong:
        share = share / len(pred)
    if "overflows" in wrong:
        with numpy.errstate(over="ignore", invalid="ignore"):
            sigmoid = numpy.exp(pred) / (1.0 + numpy.exp(pred))
    else:
        sigmoid = 0.5 * (1.0 + numpy.tanh(pred / 2.0))
    if "zero_at_zero" in wrong:
        sigmoid = numpy.where(pred == 0, 0.0, sigmoid)
    difference = label - sigmoid if "uphill" in wrong else sigmoid - label
    if "slope_of_sigmoid" in wrong:
        difference = difference * sigmoid * (1.0 - sigmoid)
    return share * difference
