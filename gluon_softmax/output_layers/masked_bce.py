"""The book's masked binary cross-entropy: padding takes no part in the loss of an example.

*Dive into Deep Learning*, section "Pretraining word2vec".
"""

from __future__ import annotations

from typing import Any

from ..backend import mx
from ..backend.arrays import as_array_like, zeros_after
from ..backend.threads import use_numpy_arrays
from ..utils.checks import check_same_shape
from ..utils.object_checks import check_has
from ..utils.types import Array, Namespace, Numbers


def masked_bce(pred: Array, label: Numbers, mask: Numbers) -> Array:
    r"""Binary cross-entropy of scores, averaged over the positions that the mask keeps, one per example.

        loss_i = sum_j mask_ij * (softplus(pred_ij) - pred_ij * label_ij) / sum_j mask_ij

    in nats. pred, label, mask: (B, L), or pred (B, 1, L) as the book's ``batch_dot`` leaves it; labels and
    masks are 0 or 1, lists, NumPy's arrays or MXNet's. Returns (B,) float32; a row whose mask is all zero has
    loss 0. Raises ValueError where the sizes differ. Of symbols, in a block that is hybridized, it gives the
    symbol; labels and masks are then in the dtype of the scores.
    """
    use_numpy_arrays()
    if isinstance(pred, mx.sym.Symbol):
        return _traced_losses(pred, label, mask)
    pred = check_has("pred", pred, ("as_np_ndarray",), "an MXNet array").as_np_ndarray()
    if pred.ndim == 3 and pred.shape[1] == 1:
        pred = pred.reshape(pred.shape[0], pred.shape[2])  # (B, L)
    label, mask = as_array_like(pred, label, "label"), as_array_like(pred, mask, "mask")
    check_same_shape("label", label.shape, "pred", pred.shape)
    check_same_shape("mask", mask.shape, "pred", pred.shape)
    if not pred.size:
        return zeros_after(pred, pred.shape[:1])
    return _losses(mx.nd, pred, label, mask)


def _traced_losses(pred: Any, label: Any, mask: Any) -> Array:
    like_label = [mx.sym.npx.reshape_like(symbol, label) for symbol in (pred, mask)]
    return _losses(mx.sym, like_label[0], label, like_label[1])


def _losses(F: Namespace, pred: Array, label: Array, mask: Array) -> Array:
    """Of scores, labels and masks, (B, L) each: (B,)."""
    # -log sigmoid(x) where the label is 1, -log sigmoid(-x) where it is 0. Gluon's max(x, 0) - x y +
    # log(1 + e^-|x|) has the same values and a wrong gradient at x = 0, where all scores of zero vectors are.
    loss = F.npx.activation(pred * (1 - 2 * label), act_type="softrelu")
    return F.np.sum(loss * mask, axis=1) / F.np.maximum(F.np.sum(mask, axis=1), 1)
