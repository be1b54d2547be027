"""Right answers of other kinds."""

import numpy


def in_place(pred, label, mask, low=-60.0, high=60.0):
    numpy.clip(pred, low, high, out=pred)
    numpy.exp(-pred, out=pred)
    pred += 1
    numpy.reciprocal(pred, out=pred)
    pred -= label
    pred *= mask
    pred /= mask.sum(1)[:, None]
    return pred


def by_the_label(pred, label, mask):
    counts = numpy.asarray(mask).sum(-1, keepdims=True)
    sign = 1 - 2 * label.astype("float32")
    wrongly = numpy.exp(-numpy.logaddexp(0, -sign * pred.astype("float32")))
    return [list(row) for row in sign * wrongly * mask / counts]
