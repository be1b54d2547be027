"""What the word models share: a table of vectors below, any output layer above, and `<unk>` kept out of the
noise.
"""

from __future__ import annotations

from typing import Any

from ..backend import gluon
from ..backend.embedding import Embedding
from ..output_layers.base import OutputLayer
from ..vocabulary.tokens import UNK_ID


def check_layer(output_layer: Any, vocab_size: int, width: int, width_name: str) -> None:
    """Raise TypeError unless `output_layer` is an `OutputLayer`, ValueError unless it fits the vocabulary and
    the hidden vector.
    """
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


class WordModel(gluon.HybridBlock):
    """A model whose parameters are the word vectors `embed` (vocab_size, embed_size) and those of its output
    layer.

    Parameters
    ----------
    vocab_size, embed_size : the shape of the table.
    output_layer : any output layer over the same vocabulary with ``in_units == embed_size``. It never draws
        `<unk>`, id 0, as noise.
    sparse_grad : the gradient of `embed` holds only the rows of the batch.
    weight_initializer : an MXNet initializer for the table; the one given to ``initialize()`` if None.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        output_layer: OutputLayer,
        sparse_grad: bool = False,
        weight_initializer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_layer(output_layer, vocab_size, embed_size, "embed_size")
        with self.name_scope():
            self.embed = Embedding(vocab_size, embed_size, sparse_grad, weight_initializer)
        self.output_layer = output_layer
        output_layer.exclude([UNK_ID])
