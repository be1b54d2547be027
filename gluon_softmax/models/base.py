"""What every model shares: a table of word vectors below, any output layer above, a graph for export."""

from __future__ import annotations

from typing import Any

from ..backend import gluon
from ..backend.block import Block
from ..backend.embedding import Embedding
from ..output_layers.base import OutputLayer
from ..utils.checks import check_positive_int
from ..utils.types import AnyArray, Array, InitializerLike
from ..vocabulary.tokens import UNK_ID


def check_layer(output_layer: object, vocab_size: int, width: int, width_name: str) -> None:
    """An output layer that fits the vocabulary and the hidden vector, or an error that says what does not.

    Raises TypeError for anything but an `OutputLayer` and for sizes that are not integers, ValueError for one
    of other sizes.
    """
    check_positive_int("vocab_size", vocab_size)
    check_positive_int(width_name, width)
    if not isinstance(output_layer, OutputLayer):
        raise TypeError(
            f"output_layer takes an output layer such as NegativeSampling; got {type(output_layer).__name__}"
        )
    if output_layer.vocab_size != vocab_size:
        raise ValueError(
            f"output_layer takes the vocabulary of the model, {vocab_size} words; "
            f"got one over {output_layer.vocab_size}"
        )
    if output_layer.in_units != width:
        raise ValueError(
            f"output_layer takes in_units equal to {width_name}, {width}; "
            f"got in_units {output_layer.in_units}"
        )


class Model(Block):
    """A net from tokens to the loss of an output layer, with what `export` asks of it.

    Attributes
    ----------
    embed : the table that the input words are looked up in.
    output_layer : takes the hidden vectors.

    `hidden` of a subclass computes the hidden vectors of a batch and checks its arrays. `hidden_graph` is
    the same without a check, so that it can be traced. `loss_is_cross_entropy` says whether outside of
    training the loss is -log p(target), so that exp of its mean is a perplexity.
    """

    loss_is_cross_entropy = True
    embed: gluon.HybridBlock
    output_layer: OutputLayer

    def input_names(self) -> list[str]:
        """What `hidden_graph` takes, in its order: token ids first, then arrays of floats."""
        raise NotImplementedError

    def hidden_graph(self, *inputs: Array) -> list[Array]:
        """The hidden vectors (..., in_units), then the state after them if there is one.

        Inputs are arrays or symbols, and nothing is checked.
        """
        raise NotImplementedError


class WordModel(Model):
    """A model whose parameters are the word vectors and those of its output layer.

    The hidden vector is a word's row of `embed` unless a subclass has another.

    Parameters
    ----------
    vocab_size, embed_size : the shape of the table.
    output_layer : any output layer over the same vocabulary with ``in_units == embed_size``. It never draws
        `<unk>`, id 0, as noise.
    sparse_grad : the gradient of `embed` holds only the rows of the batch.
    weight_initializer : an MXNet initializer for the table; the one given to ``initialize()`` if None.

    Raises TypeError and ValueError for an output layer that does not fit.
    """

    embed: Embedding

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        output_layer: OutputLayer,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_layer(output_layer, vocab_size, embed_size, "embed_size")
        with self.name_scope():
            self.embed = Embedding(vocab_size, embed_size, sparse_grad, weight_initializer)
        self.output_layer = output_layer
        output_layer.exclude([UNK_ID])
        self.loss_is_cross_entropy = output_layer.loss_is_cross_entropy

    def input_names(self) -> list[str]:
        """The centre word alone."""
        return ["center"]

    def hidden(self, center: AnyArray) -> Array:
        """What the output layer takes: center (...) integer ids -> their rows (..., embed_size).

        Raises ValueError for ids out of range, TypeError for ids that are not integers.
        """
        rows: Array = self.embed(center)
        return rows

    def hidden_graph(self, *inputs: Array) -> list[Array]:
        """The hidden vectors (B, embed_size) of arrays or symbols."""
        (center,) = inputs
        return [self.embed(center)]
