"""The skip-gram: a word's own vector must predict each word near it.

Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space"; *Dive into Deep
Learning*, sections "Word Embedding (word2vec)" and "Pretraining word2vec".
"""

from __future__ import annotations

from typing import Any

from ..fused.hierarchical_sgd import HierarchicalSGD
from ..fused.negative_sampling_sgd import NegativeSamplingSGD
from ..fused.sgd import InPlaceSGD
from ..output_layers.hierarchical import HierarchicalSoftmax
from ..output_layers.masked_bce import masked_bce
from ..output_layers.negative_sampling import NegativeSampling
from ..utils.checks import check_same_shape
from .base import WordModel


class SkipGram(WordModel):
    """``net(center, context)`` -> loss: the hidden vector is the centre word's row, the target is the context
    word.

    Parameters are those of `WordModel`. Inputs: either pairs, center (B,) and context (B,), and the loss is
    (B,), one a pair; or the book's four, center (B, 1), contexts_negatives (B, L), mask (B, L), label (B, L),
    and the loss is ``masked_bce(net.score(center, contexts_negatives), label, mask)``, (B,), one a centre.
    Raises ValueError for ids out of range or sizes that differ, TypeError for ids that are not integers.
    """

    def forward(self, center: Any, context: Any, mask: Any = None, label: Any = None) -> Any:
        if mask is not None:
            return masked_bce(self.score(center, context), label, mask)
        check_same_shape("context", context.shape, "center", center.shape)
        return self.output_layer(self.embed(center), context)

    def in_place_sgd(self, batches: Any, ctx: Any) -> InPlaceSGD:
        """The fast steps of plain SGD on `SkipGramBlocks`, for an output layer that is a `NegativeSampling`
        or a `HierarchicalSoftmax`; see `NegativeSamplingSGD` and `HierarchicalSGD`. `train` calls it.
        """
        layer: Any = self.output_layer
        if type(layer) not in (NegativeSampling, HierarchicalSoftmax):  # a subclass may have another loss
            raise TypeError(
                "SkipGramBlocks take a SkipGram with NegativeSampling or HierarchicalSoftmax; "
                f"got one with {type(layer).__name__}"
            )
        num_noise_words = getattr(layer, "num_noise_words", 0)
        if num_noise_words != batches.num_noise_words:
            raise ValueError(
                f"num_noise_words of the batches takes that of the layer, {num_noise_words}; "
                f"got {batches.num_noise_words}"
            )
        tables = self.embed.weight.data(ctx), layer.weight.data(ctx)
        if isinstance(layer, HierarchicalSoftmax):
            return HierarchicalSGD(*tables, layer.tree, batches)
        return NegativeSamplingSGD(*tables, batches)

    def score(self, center: Any, contexts_negatives: Any) -> Any:
        """Inner products of each centre's vector with its words' output vectors: (B, 1), (B, L) -> (B, L).

        The book's ``skip_gram(center, contexts_and_negatives, embed_v, embed_u)``, for layers that hold a
        vector a word.
        """
        score = getattr(self.output_layer, "score", None)
        if score is None:
            raise TypeError(
                "score takes an output layer with one vector a word, such as NegativeSampling; "
                f"got {type(self.output_layer).__name__}"
            )
        hidden = self.embed(center.reshape(-1))  # (B, d)
        return score(hidden, contexts_negatives)
