"""Stacked recurrent layers with dropout around them: MXNet's fused ones, without what delays them on a CPU.

There a step is a chain of operators from the rows of words to the loss and back, and each of them adds its
full time. So the dropout's masks and most of the packing of the layers' weights are computed off the chain
(the figures are in docs/speed.md).
"""

from __future__ import annotations

from typing import Any, Sequence

from ..backend import autograd, gluon, mx, nn, np, npx, rnn
from ..utils.types import Array, Namespace


class Recurrence(gluon.HybridBlock):
    """Rows of words to hidden vectors: ``recurrence(rows, *state)`` -> hidden, *state.

    Layers of one are stacked with dropout before, between and after them, since MXNet's fused layers drop
    nothing on a CPU. *Dive into Deep Learning*, chapters "Recurrent Neural Networks" and "Modern Recurrent
    Neural Networks"; where dropout goes is from Zaremba et al. 2014.

    Parameters
    ----------
    cell : "rnn_tanh", "rnn_relu", "gru" or "lstm".
    input_size, num_hiddens : the widths of rows and hidden vectors.
    num_layers : how many layers.
    dropout : the probability with which a number is dropped in training.

    Inputs: rows (T, B, input_size); the state, one array (1, B, num_hiddens) per layer, two for an LSTM.
    Outputs: hidden (T, B, num_hiddens), and the state after the last step.
    """

    def __init__(self, cell: str, input_size: int, num_hiddens: int, num_layers: int, dropout: float) -> None:
        super().__init__()
        with self.name_scope():
            self.dropout = Dropout(dropout)
            self.layers: list[_FusedLayer] = []
            for i in range(num_layers):
                layer = _recurrent_layer(cell, num_hiddens, num_hiddens if i else input_size)
                self.register_child(layer, f"layer{i}")
                self.layers.append(layer)
        self._states_per_layer = 2 if cell == "lstm" else 1

    @property
    def num_states(self) -> int:
        """How many arrays the state has."""
        return len(self.layers) * self._states_per_layer

    def forward(self, rows: Array, *state: Array) -> tuple[Array, ...]:
        """The hidden vectors and the state after them, of arrays or symbols."""
        hidden: Array = self.dropout(rows)
        new_state: list[Array] = []
        for i, layer in enumerate(self.layers):
            first = i * self._states_per_layer
            hidden, layer_state = layer(hidden, list(state[first : first + self._states_per_layer]))
            hidden = self.dropout(hidden)
            new_state += layer_state
        return (hidden, *new_state)


class Dropout(nn.Dropout):
    """``nn.Dropout`` whose mask needs nothing of the array, so that it is drawn while other things run."""

    def forward(self, x: Array) -> Array:
        """The array (...), in training with some numbers dropped and the others scaled up."""
        if isinstance(x, mx.sym.Symbol) or not (self._rate and autograd.is_training()):
            same: Array = super().forward(x)
            return same
        with autograd.pause(train_mode=True):
            mask = npx.dropout(np.ones(x.shape, dtype=x.dtype, ctx=x.ctx), p=self._rate)
        return x * mask


class _FusedLayer(rnn.rnn_layer._RNNLayer):
    """One of MXNet's recurrent layers, of one direction, that is faster on a CPU and gives the same numbers.

    Its weights are packed as rows of one width, one copy each; in its backward pass no operator waits for
    one that could run beside it.
    """

    def hybridize(self, active: bool = True, **options: Any) -> None:
        super().hybridize(active, **{"backward_bulk_size": 1, **options})

    def _forward_kernel(
        self,
        F: Namespace,
        inputs: Array,
        states: Sequence[Array],
        sequence_length: Array | None,
        **weights: Array,
    ) -> tuple[Array, list[Array]]:
        del sequence_length  # every sequence is as long as the others
        size = self._hidden_size
        packed = F.np.concatenate(
            [
                weights[f"l0_{side}_{kind}"].reshape(-1, size)
                for kind in ("weight", "bias")
                for side in ("i2h", "h2h")
            ],
            axis=0,
        ).reshape(-1)
        hidden, *state = F.npx.rnn(
            inputs, packed, *states, state_size=size, num_layers=1, mode=self._mode, state_outputs=True
        )
        return hidden, state


class _LSTM(_FusedLayer, rnn.LSTM):
    pass


class _GRU(_FusedLayer, rnn.GRU):
    pass


class _RNN(_FusedLayer, rnn.RNN):
    pass


def _recurrent_layer(cell: str, num_hiddens: int, input_size: int) -> _FusedLayer:
    if cell == "lstm":
        return _LSTM(num_hiddens, input_size=input_size)
    if cell == "gru":
        return _GRU(num_hiddens, input_size=input_size)
    return _RNN(num_hiddens, activation=cell[len("rnn_") :], input_size=input_size)
