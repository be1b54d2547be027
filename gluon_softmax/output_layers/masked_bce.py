"""The book's masked binary cross-entropy: padding takes no part in the loss of an example.

*Dive into Deep Learning*, section "Pretraining word2vec".
"""

from __future__ import annotations

import numpy

from ..backend import np, npx
from ..utils.checks import check_same_shape
from ..utils.types import AnyArray, Array


def masked_bce(pred: Array, label: AnyArray, mask: AnyArray) -> Array:
    r"""Binary cross-entropy of scores, averaged over the positions that the mask keeps, one per example.

        loss_i = sum_j mask_ij * (softplus(pred_ij) - pred_ij * label_ij) / sum_j mask_ij

    in nats. pred, label, mask: (B, L), or pred (B, 1, L) as the book's ``batch_dot`` leaves it; labels and
    masks are 0 or 1. Returns (B,) float32; a row whose mask is all zero has loss 0. Raises ValueError where
    the sizes differ.
    """
    if pred.ndim == 3 and pred.shape[1] == 1:
        pred = pred.reshape(pred.shape[0], pred.shape[2])  # (B, L)
    label, mask = (_like(pred, array) for array in (label, mask))
    check_same_shape("label", label.shape, "pred", pred.shape)
    check_same_shape("mask", mask.shape, "pred", pred.shape)
    # -log sigmoid(x) where the label is 1, -log sigmoid(-x) where it is 0. Gluon's max(x, 0) - x y +
    # log(1 + e^-|x|) has the same values and a wrong gradient at x = 0, where all scores of zero vectors are.
    loss = npx.activation(pred * (1 - 2 * label), act_type="softrelu")
    return (loss * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)


def _like(pred: Array, array: AnyArray) -> Array:
    """A label or mask, of the host or on a device, in the scores' dtype and context."""
    if isinstance(array, np.ndarray):
        return array.astype(pred.dtype, copy=False).as_in_ctx(pred.ctx)
    return np.array(numpy.asarray(array), dtype=pred.dtype, ctx=pred.ctx)
