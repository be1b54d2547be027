"""Stacked recurrent layers with dropout around them: MXNet's fused ones, without what holds them up on a CPU.

There a step is a chain from the rows of words to the loss and back, and what hangs in it is paid in full. Off
it go the dropout's masks and most of the packing of the layers' weights (the figures are in docs/speed.md).
"""

from __future__ import annotations

from typing import Any

from ..backend import autograd, gluon, mx, nn, np, npx, rnn


class Recurrence(gluon.HybridBlock):
    """Rows of words to hidden vectors: ``recurrence(rows, *state)`` -> hidden, *state; rows (T, B, d) ->
    (T, B, num_hiddens).

    Layers of one are stacked with dropout before, between and after them, since MXNet's fused layers drop
    nothing on a CPU. The state is one array (1, B, num_hiddens) a layer, two for an LSTM.
    """

    def __init__(self, cell: str, input_size: int, num_hiddens: int, num_layers: int, dropout: float) -> None:
        super().__init__()
        with self.name_scope():
            self.dropout = Dropout(dropout)
            self.layers: list[Any] = []
            for i in range(num_layers):
                layer = _recurrent_layer(cell, num_hiddens, num_hiddens if i else input_size)
                self.register_child(layer, f"layer{i}")
                self.layers.append(layer)
        self.states_a_layer = 2 if cell == "lstm" else 1

    def forward(self, rows: Any, *state: Any) -> tuple[Any, ...]:
        hidden, new_state = self.dropout(rows), []
        for i, layer in enumerate(self.layers):
            first = i * self.states_a_layer
            hidden, its_state = layer(hidden, list(state[first : first + self.states_a_layer]))
            hidden = self.dropout(hidden)
            new_state += its_state
        return (hidden, *new_state)


class Dropout(nn.Dropout):
    """``nn.Dropout`` whose mask needs nothing of the array, so that it is drawn while other things run."""

    def forward(self, x: Any) -> Any:
        if isinstance(x, mx.sym.Symbol) or not (self._rate and autograd.is_training()):
            return super().forward(x)
        with autograd.pause(train_mode=True):
            mask = npx.dropout(np.ones(x.shape, dtype=x.dtype, ctx=x.ctx), p=self._rate)
        return x * mask


class _Fused:
    """One of MXNet's layers, of one direction: its weights are packed as rows of one width, a copy each, and
    in its backward nothing waits for what could run beside it.
    """

    def hybridize(self, active: bool = True, **options: Any) -> None:
        super().hybridize(active, **{"backward_bulk_size": 1, **options})  # type: ignore[misc]

    def _forward_kernel(
        self, F: Any, inputs: Any, states: Any, sequence_length: Any, **weights: Any
    ) -> tuple[Any, Any]:
        size, mode = self._hidden_size, self._mode  # type: ignore[attr-defined]
        packed = F.np.concatenate(
            [
                weights[f"l0_{side}_{kind}"].reshape(-1, size)
                for kind in ("weight", "bias")
                for side in ("i2h", "h2h")
            ],
            axis=0,
        ).reshape(-1)
        hidden, *state = F.npx.rnn(
            inputs, packed, *states, state_size=size, num_layers=1, mode=mode, state_outputs=True
        )
        return hidden, state


class _LSTM(_Fused, rnn.LSTM):
    pass


class _GRU(_Fused, rnn.GRU):
    pass


class _RNN(_Fused, rnn.RNN):
    pass


def _recurrent_layer(cell: str, num_hiddens: int, input_size: int) -> Any:
    if cell == "lstm":
        return _LSTM(num_hiddens, input_size=input_size)
    if cell == "gru":
        return _GRU(num_hiddens, input_size=input_size)
    return _RNN(num_hiddens, activation=cell[len("rnn_") :], input_size=input_size)
