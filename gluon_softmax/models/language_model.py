"""The recurrent language model: the state after a word must predict the next word.

Mikolov et al. 2010, "Recurrent neural network based language model"; Zaremba et al. 2014, "Recurrent Neural
Network Regularization" (where dropout goes); Press and Wolf 2017, "Using the Output Embedding to Improve
Language Models" (weight tying); *Dive into Deep Learning*, chapter "Recurrent Neural Networks".
"""

from __future__ import annotations

from typing import Any, Sequence

from ..backend import autograd, gluon, mx, nn, np, npx
from ..backend.arrays import as_ids
from ..backend.embedding import Embedding
from ..output_layers.adaptive import AdaptiveSoftmax
from ..output_layers.base import OutputLayer
from ..utils.checks import (
    check_bool,
    check_choice,
    check_ids,
    check_number,
    check_positive_int,
    check_same_shape,
    shape_of,
)
from ..utils.object_checks import check_has, check_kind
from ..utils.types import AnyArray, Array, Context
from .adaptive_embedding import AdaptiveEmbedding
from .base import Model, check_layer
from .recurrence import Recurrence

CELLS = ("rnn_tanh", "rnn_relu", "gru", "lstm")
_MAX_SCORES = 1 << 24  # scores of log_prob held at once where a loss needs them: 64 MiB


class LanguageModel(Model):
    r"""``net(inputs, targets, state)`` -> loss, state: the loss in nats of each next word, after all before.

        h_t, s_t = cell(x_t, s_{t-1}),    loss_t = -log p(target_t | h_t)

    Parameters
    ----------
    vocab_size, embed_size : the shape of the table of input words.
    num_hiddens : width of the hidden vector and of each layer's state.
    output_layer : any output layer over the same vocabulary with ``in_units == num_hiddens``, or
        ``in_units == embed_size`` where weights are tied.
    cell : "rnn_tanh", "rnn_relu", "gru" or "lstm"; `num_layers` of them.
    dropout : probability with which a number of the words' rows, of the vectors between layers and of the
        hidden vector is dropped in training (Zaremba et al. 2014).
    tie_weights : the input words look up in ``output_layer.weight``, one parameter that learns from both
        uses (in an adaptive softmax's tables, through `AdaptiveEmbedding`). Where num_hiddens differs from
        embed_size a linear `projection` leads from the one to the other.
    sparse_grad : the gradient of `embed` holds only the rows of the batch; with tied weights the output layer
        decides.

    Inputs: inputs and targets (T, B) integer ids, time first; the state from ``begin_state(B)`` or from the
    batch before (detach it there: truncated back-propagation through time). Outputs: loss (T, B) in nats, and
    the state after the last word.

    In training the loss is the output layer's. Outside of training it is -log p(target) under every layer,
    also those that train with another loss (negative sampling, NCE), so that exp of its mean is the
    perplexity.

    Raises ValueError for ids out of range, sizes that differ and inputs of no word, TypeError for ids that
    are not integers.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_size: int,
        num_hiddens: int,
        output_layer: OutputLayer,
        cell: str = "lstm",
        num_layers: int = 1,
        dropout: float = 0.0,
        tie_weights: bool = False,
        sparse_grad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_choice("cell", cell, CELLS)
        check_positive_int("num_layers", num_layers)
        check_number("dropout", dropout, 0, 1, open_high=True)
        tie_weights = check_bool("tie_weights", tie_weights)
        self._num_hiddens = check_positive_int("num_hiddens", num_hiddens)
        self._embed_size = check_positive_int("embed_size", embed_size)
        width, name = (embed_size, "embed_size") if tie_weights else (num_hiddens, "num_hiddens")
        check_layer(output_layer, vocab_size, width, name)
        with self.name_scope():
            if tie_weights:
                self.embed = _tied_embedding(output_layer)
            else:
                self.embed = Embedding(vocab_size, embed_size, sparse_grad)
            self.projection: nn.Dense | None = None
            self.recurrence = Recurrence(cell, embed_size, num_hiddens, num_layers, dropout)
            if tie_weights and num_hiddens != embed_size:
                self.projection = nn.Dense(embed_size, use_bias=False, flatten=False, in_units=num_hiddens)
        self.output_layer = output_layer

    def begin_state(self, batch_size: int, ctx: Context | None = None) -> list[Array]:
        """A state of zeros: a list of arrays (1, batch_size, num_hiddens).

        One per layer, or for an LSTM's layers h and c each. Raises TypeError or ValueError unless
        `batch_size` is an integer of at least 1.
        """
        shape = (1, check_positive_int("batch_size", batch_size), self._num_hiddens)
        if ctx is not None:
            check_kind("ctx", ctx, mx.Context, "an MXNet context or None")
        return [np.zeros(shape, ctx=ctx) for _ in range(self.recurrence.num_states)]

    def hidden(self, inputs: AnyArray, state: Sequence[Array] | None = None) -> tuple[Array, list[Array]]:
        """What the output layer takes: inputs (T, B) -> hidden (T, B, in_units), and the state after them."""
        shape = shape_of(inputs, "inputs")
        if len(shape) != 2 or 0 in shape:
            raise ValueError(f"inputs takes shape (T, B), time first, both at least 1; got {shape}")
        rows = self.embed(inputs)  # (T, B, embed_size)
        given = self.begin_state(shape[1], rows.ctx) if state is None else state
        self._check_state(given, shape[1])
        hidden, *new_state = self._hidden_of_rows(rows, given)
        return hidden, new_state

    def input_names(self) -> list[str]:
        """The words, and the arrays of the state."""
        return ["inputs", *(f"state{i}" for i in range(self.recurrence.num_states))]

    def hidden_graph(self, *inputs: Array) -> list[Array]:
        """The hidden vectors (T, B, in_units) and the state after them, of arrays or symbols."""
        ids, *state = inputs
        return self._hidden_of_rows(self.embed(ids), state)

    def _hidden_of_rows(self, rows: Array, state: Sequence[Array]) -> list[Array]:
        hidden, *new_state = self.recurrence(rows, *state)  # (T, B, num_hiddens)
        return [hidden if self.projection is None else self.projection(hidden), *new_state]

    def _check_state(self, state: Sequence[Array], batch_size: int) -> None:
        count = self.recurrence.num_states
        check_kind("state", state, (list, tuple), f"a list of {count} arrays, as begin_state gives them")
        if len(state) != count:
            raise ValueError(f"state takes {count} arrays, as begin_state gives them; got {len(state)}")
        for array in state:
            check_has("state", array, ("as_np_ndarray", "shape"), "MXNet arrays, as begin_state gives them")
            check_same_shape("state", array.shape, "begin_state", (1, batch_size, self._num_hiddens))

    def forward(
        self, inputs: AnyArray, targets: AnyArray, state: Sequence[Array] | None = None
    ) -> tuple[Array, list[Array]]:
        """The loss of each next word in nats (T, B), and the state after the last word."""
        check_same_shape("targets", shape_of(targets, "targets"), "inputs", shape_of(inputs, "inputs"))
        hidden, state = self.hidden(inputs, state)
        if autograd.is_training() or self.output_layer.loss_is_cross_entropy:
            return self.output_layer(hidden, targets), state
        return self._cross_entropy(hidden, targets), state

    def _cross_entropy(self, hidden: Array, targets: AnyArray) -> Array:
        """-log p(target) from log_prob, `_MAX_SCORES` scores at once: (T, B, in_units) -> (T, B)."""
        check_ids("target", targets, self.output_layer.vocab_size)  # which `pick` would clip
        flat = hidden.reshape(-1, self.output_layer.in_units)  # (N, in_units)
        ids = as_ids(targets, hidden.ctx).reshape(-1)  # (N,)
        rows = max(1, _MAX_SCORES // self.output_layer.vocab_size)
        parts = [
            -npx.pick(self.output_layer.log_prob(flat[i : i + rows]), ids[i : i + rows], axis=-1)
            for i in range(0, ids.shape[0], rows)
        ]
        return np.concatenate(parts).reshape(hidden.shape[:-1])

    def log_prob(self, inputs: AnyArray, state: Sequence[Array] | None = None) -> tuple[Array, list[Array]]:
        """Log-probabilities of each next word in nats: inputs (T, B) -> (T, B, vocab_size), and the state."""
        hidden, state = self.hidden(inputs, state)
        return self.output_layer.log_prob(hidden), state


def _tied_embedding(output_layer: OutputLayer) -> gluon.HybridBlock:
    """The input words' table that *is* the output layer's, or for an adaptive softmax its tables."""
    if isinstance(output_layer, AdaptiveSoftmax):
        return AdaptiveEmbedding(output_layer.vocab_size, output_layer.in_units, softmax=output_layer)
    weight = getattr(output_layer, "weight", None)
    shape = (output_layer.vocab_size, output_layer.in_units)
    if not isinstance(weight, gluon.Parameter) or tuple(weight.shape) != shape:
        raise TypeError(
            "tie_weights takes an output layer with one vector per word, such as SampledSoftmax; "
            f"got {type(output_layer).__name__}"
        )
    return Embedding(*shape, weight=weight)
