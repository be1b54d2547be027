"""CBOW, the continuous bag of words: the mean of the vectors near a word must predict it.

Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space"; *Dive into Deep
Learning*, section "Word Embedding (word2vec)".
"""

from __future__ import annotations

from typing import Any

from ..backend import nn, np
from ..utils.checks import check_same_shape
from .base import WordModel


class CBOW(WordModel):
    """``net(contexts, mask, center)`` -> loss (B,), one a centre; the hidden vector is the mean of the
    contexts' rows that the mask keeps.

    Parameters are those of `WordModel`. Inputs: contexts (B, L) integer ids padded to L, mask (B, L) of 0 and
    1, center (B,) integer ids. A row whose mask is all zero has a hidden vector of zeros. Raises ValueError
    for ids out of range or sizes that differ, TypeError for ids that are not integers.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mean_graph = nn.HybridLambda(_masked_mean)

    def forward(self, contexts: Any, mask: Any, center: Any) -> Any:
        check_same_shape("mask", mask.shape, "contexts", contexts.shape)
        check_same_shape("center", center.shape, "contexts without its last axis", contexts.shape[:-1])
        rows = self.embed(contexts)  # (B, L, d)
        return self.output_layer(
            self._mean_graph(rows, np.array(mask, dtype="float32", ctx=rows.ctx)), center
        )


def _masked_mean(F: Any, rows: Any, mask: Any) -> Any:
    total = F.npx.batch_dot(F.np.expand_dims(mask, 1), rows)  # (B, 1, d)
    return F.np.squeeze(total, 1) / F.np.maximum(F.np.sum(mask, axis=1, keepdims=True), 1)
