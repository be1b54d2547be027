"""Right answers of other kinds."""

import math

import numpy


def by_the_formula_of_logits(pred, label, mask):
    loss = numpy.maximum(pred, 0) - pred * label + numpy.log1p(numpy.exp(-numpy.abs(pred)))
    return (loss * mask).mean(axis=1) / mask.mean(axis=1)


def plain_python(pred, label, mask, eps=0.0):
    losses = []
    for xs, ys, ms in zip(pred.tolist(), label.tolist(), mask.tolist()):
        total = sum(max(x, 0) - x * y + math.log1p(math.exp(-abs(x))) for x, y, m in zip(xs, ys, ms) if m)
        losses.append(total / (sum(ms) + eps))
    return losses
