"""The skip-gram: a word's own vector must predict each word near it.

Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space"; *Dive into Deep
Learning*, sections "Word Embedding (word2vec)" and "Pretraining word2vec".
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ..backend import gluon, mx
from ..fused.hierarchical_sgd import HierarchicalSGD
from ..fused.negative_sampling_sgd import NegativeSamplingSGD
from ..fused.sgd import InPlaceSGD, Multipliers
from ..output_layers.hierarchical import HierarchicalSoftmax
from ..output_layers.masked_bce import masked_bce
from ..output_layers.negative_sampling import NegativeSampling
from ..utils.checks import check_number, check_same_shape, on_host, shape_of
from ..utils.object_checks import check_kind
from ..utils.types import Array, BlockBatches, Context
from .base import WordModel


@runtime_checkable
class ScoringLayer(Protocol):
    """An output layer with one vector for each word, whose inner products with `hidden` it gives."""

    def score(self, hidden: Array, ids: Array) -> Array:
        """Hidden (B, in_units), ids (B, L) -> (B, L)."""


class SkipGram(WordModel):
    """``net(center, context)`` -> loss: hidden is the centre word's row, the target is the context word.

    Parameters are those of `WordModel`. Inputs: either pairs, center (B,) and context (B,), and the loss is
    (B,), one per pair, in nats; or the book's four, center (B, 1), contexts_negatives (B, L), mask (B, L),
    label (B, L), and the loss is ``masked_bce(net.score(center, contexts_negatives), label, mask)``, (B,),
    one per centre. Raises ValueError for ids out of range or sizes that differ, TypeError for ids that are
    not integers and for a mask without a label.
    """

    def forward(
        self, center: Array, context: Array, mask: Array | None = None, label: Array | None = None
    ) -> Array:
        """The loss of each pair, or of each of the book's windows, (B,)."""
        loss: Array
        if mask is not None:
            if label is None:
                raise TypeError("label takes an array of the mask's shape; got None")
            loss = masked_bce(self.score(center, context), label, mask)
        else:
            check_same_shape("context", shape_of(context, "context"), "center", shape_of(center, "center"))
            loss = self.output_layer(self.embed(center), context)
        return loss

    def in_place_sgd(self, batches: BlockBatches, ctx: Context, lr: float = 0.0) -> InPlaceSGD:
        """The fast steps of plain SGD on `SkipGramBlocks`, as `train` asks for them; see docs/fast_path.md.

        They are a `NegativeSamplingSGD` or a `HierarchicalSGD`, for an output layer of exactly the class
        `NegativeSampling` or `HierarchicalSoftmax`: a subclass may have another loss. `lr` is the highest
        rate that they will have: rows that would diverge at it are damped, see `row_damping`.

        Of the parameters they read what a Trainer reads: ``lr_mult``, and that ``grad_req`` is "null" for one
        that stays as it is, both at the beginning of every 64 batches; ``wd_mult`` is a factor of a weight
        decay that they do not have. Raises TypeError for other layers, ValueError if the batches have other
        noise than the layer, and for the ``grad_req`` "add".
        """
        check_kind("batches", batches, BlockBatches, "SkipGramBlocks")
        check_kind("ctx", ctx, mx.Context, "an MXNet context")
        check_number("lr", lr, 0)
        layer = self.output_layer
        if type(layer) is NegativeSampling:
            _check_noise(batches, layer.num_noise_words)
        elif type(layer) is HierarchicalSoftmax:
            _check_noise(batches, 0)
        else:
            raise TypeError(
                "SkipGramBlocks take a SkipGram with NegativeSampling or HierarchicalSoftmax; "
                f"got one with {type(layer).__name__}"
            )
        parameters = self.embed.weight, layer.weight

        def multipliers() -> Multipliers:
            return _rate_multiplier(parameters[0], batches), _rate_multiplier(parameters[1], batches)

        multipliers()  # an error before training
        words, output = (parameter.data(ctx) for parameter in parameters)
        if isinstance(layer, HierarchicalSoftmax):
            return HierarchicalSGD(words, output, layer.tree, batches, lr, multipliers)
        return NegativeSamplingSGD(words, output, batches, lr, multipliers)

    def score(self, center: Array, contexts_negatives: Array) -> Array:
        """Inner products of each centre's vector with its words' output vectors: (B, 1), (B, L) -> (B, L).

        The book's ``skip_gram(center, contexts_and_negatives, embed_v, embed_u)``, for layers that hold one
        vector per word. Raises TypeError for others.
        """
        layer = self.output_layer
        if not isinstance(layer, ScoringLayer):
            raise TypeError(
                "score takes an output layer with one vector per word, such as NegativeSampling; "
                f"got {type(layer).__name__}"
            )
        ids = (
            center
            if hasattr(center, "as_np_ndarray") and hasattr(center, "ctx")
            else on_host(center, "center")
        )
        hidden = self.embed(ids.reshape(-1))  # (B, d)
        return layer.score(hidden, contexts_negatives)


def _rate_multiplier(parameter: gluon.Parameter, batches: BlockBatches) -> float:
    """What a Trainer would multiply the rate of `parameter` by, 0 where it makes no updates."""
    if parameter.grad_req == "null":
        return 0.0
    if parameter.grad_req != "write":
        raise ValueError(
            f"grad_req of {parameter.name} takes 'write' or 'null' with {type(batches).__name__}; "
            f"got {parameter.grad_req!r}"
        )
    return float(parameter.lr_mult)


def _check_noise(batches: BlockBatches, num_noise_words: int) -> None:
    """The batches have the layer's number of noise words, or a ValueError."""
    if num_noise_words != batches.num_noise_words:
        raise ValueError(
            f"num_noise_words of the batches takes that of the layer, {num_noise_words}; "
            f"got {batches.num_noise_words}"
        )
