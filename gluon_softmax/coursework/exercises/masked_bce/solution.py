"""The loss of a score x is -ln sigmoid(x) = ln(1 + exp(-x)) for the label 1, and ln(1 + exp(x)) for 0.

Both are ln(1 + exp(s)) with s = (1 - 2 label) x. Padding is left out, and the mean is over what remains.
"""

import numpy


def masked_bce(pred, label, mask):
    """Return the mean loss of each row's real positions."""
    losses = numpy.zeros(len(pred))
    for row in range(len(pred)):
        real = numpy.flatnonzero(mask[row])
        losses[row] = sum(numpy.logaddexp(0.0, (1 - 2 * label[row, i]) * pred[row, i]) for i in real) / len(
            real
        )
    return losses
