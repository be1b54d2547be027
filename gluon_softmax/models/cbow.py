"""CBOW, the continuous bag of words: the mean of the vectors near a word must predict it.

Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space"; *Dive into Deep
Learning*, section "Word Embedding (word2vec)".
"""

from __future__ import annotations

from typing import Any

from ..backend import nn
from ..backend.arrays import as_array_like, zeros_after
from ..utils.checks import check_same_shape, shape_of
from ..utils.types import AnyArray, Array, Namespace
from .base import WordModel


class CBOW(WordModel):
    """``net(contexts, mask, center)`` -> loss: hidden is the contexts' mean, the target their centre.

        h = Σ_l mask_l embed[contexts_l] / Σ_l mask_l

    Parameters are those of `WordModel`. Inputs: contexts (B, L) integer ids padded to L, mask (B, L) of 0 and
    1, center (B,) integer ids. The loss is in nats, (B,), one per centre. A row whose mask is all zero has a
    hidden vector of zeros. Raises ValueError for ids out of range or sizes that differ, TypeError for ids
    that are not integers.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._masked_mean = nn.HybridLambda(_masked_mean)

    def forward(self, contexts: AnyArray, mask: AnyArray, center: AnyArray) -> Array:
        """The loss of each centre in nats, (B,)."""
        check_same_shape(
            "center",
            shape_of(center, "center"),
            "contexts without its last axis",
            shape_of(contexts, "contexts")[:-1],
        )
        loss: Array = self.output_layer(self.hidden(contexts, mask), center)
        return loss

    def hidden(  # type: ignore[override]  # a window in place of a word
        self, contexts: AnyArray, mask: AnyArray
    ) -> Array:
        """What the output layer takes: contexts and mask (B, L) -> their mean vector (B, embed_size)."""
        check_same_shape("mask", shape_of(mask, "mask"), "contexts", shape_of(contexts, "contexts"))
        rows = self.embed(contexts)  # (B, L, d)
        if not rows.size:
            return zeros_after(rows, (rows.shape[0], rows.shape[2]))
        hidden: Array = self._masked_mean(rows, as_array_like(rows, mask, "mask"))
        return hidden

    def input_names(self) -> list[str]:
        """The context words and their mask."""
        return ["contexts", "mask"]

    def hidden_graph(self, *inputs: Array) -> list[Array]:
        """The hidden vectors (B, embed_size) of arrays or symbols; a mask is float32."""
        contexts, mask = inputs
        return [self._masked_mean(self.embed(contexts), mask)]


def _masked_mean(F: Namespace, rows: Array, mask: Array) -> Array:
    """Rows (B, L, d), mask (B, L) -> the mean of the rows that the mask keeps, or zeros (B, d)."""
    total = F.npx.batch_dot(F.np.expand_dims(mask, 1), rows)  # (B, 1, d)
    return F.np.squeeze(total, 1) / F.np.maximum(F.np.sum(mask, axis=1, keepdims=True), 1)
