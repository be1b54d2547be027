"""Recurrent language models the slow way: float64 NumPy, one step and one word at a time."""

from __future__ import annotations

from typing import Any, List, Mapping

import numpy

from gluon_softmax.backend import gluon
from gluon_softmax.utils.types import Context
from oracles.reference import TinyCorpus, sigmoid

EOS = 1  # its id in `random_text`
GATES = {"rnn_tanh": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}
Weights = Mapping[str, numpy.ndarray]  # by the paths of a net's parameters
State = List[numpy.ndarray]  # a flat list as the net's, each array (1, B, H)


class Text(TinyCorpus):
    """A `TinyCorpus` whose sentences are taken to end in ``<eos>``."""

    eos = True


def random_text(num_words: int, vocab_size: int, seed: int = 0) -> Text:
    """One text of random words; every fifth word and the last are ``<eos>``."""
    words = numpy.random.default_rng(seed).integers(2, vocab_size, num_words)
    words[4::5] = EOS
    words[-1] = EOS
    return Text([words.tolist()], vocab_size)


def parameters_of(net: gluon.Block, ctx: Context | None = None) -> dict[str, numpy.ndarray]:
    """The parameters of a net by their paths."""
    return {
        name: parameter.data(ctx).asnumpy().astype(numpy.float64)
        for name, parameter in net._collect_params_with_prefix().items()
    }


def step(cell: str, x: numpy.ndarray, state: tuple[numpy.ndarray, ...], w: Weights) -> tuple[Any, ...]:
    """One step of one layer: x (B, d), state of arrays (B, H) -> the new state, its output first."""
    from_input = x @ w["i2h_weight"].T + w["i2h_bias"]
    from_state = state[0] @ w["h2h_weight"].T + w["h2h_bias"]
    if cell == "rnn_tanh":
        return (numpy.tanh(from_input + from_state),)
    if cell == "rnn_relu":
        return (numpy.maximum(from_input + from_state, 0),)
    i, h = (numpy.split(array, GATES[cell], axis=1) for array in (from_input, from_state))
    if cell == "gru":  # reset, update, new: Cho et al. 2014, with the reset behind the product
        reset, update = sigmoid(i[0] + h[0]), sigmoid(i[1] + h[1])
        new = numpy.tanh(i[2] + reset * h[2])
        return ((1 - update) * new + update * state[0],)
    enter, forget, output = (sigmoid(i[k] + h[k]) for k in (0, 1, 3))  # Hochreiter and Schmidhuber 1997
    memory = forget * state[1] + enter * numpy.tanh(i[2] + h[2])
    return output * numpy.tanh(memory), memory


def run(cell: str, inputs: numpy.ndarray, state: State, w: Weights) -> tuple[numpy.ndarray, State]:
    """Ids (T, B) -> the last layer's outputs (T, B, H), and the state after them."""
    count = 2 if cell == "lstm" else 1
    layers = [tuple(array[0] for array in state[k : k + count]) for k in range(0, len(state), count)]
    outputs = []
    for ids in inputs:
        x = w["embed.weight"][ids]
        for k in range(len(layers)):
            prefix = f"recurrence.layer{k}._unfused.0."
            own = {name[len(prefix) :]: array for name, array in w.items() if name.startswith(prefix)}
            layers[k] = step(cell, x, layers[k], own)
            x = layers[k][0]
        outputs.append(x @ w["projection.weight"].T if "projection.weight" in w else x)
    return numpy.array(outputs), [array[None] for layer in layers for array in layer]


def log_softmax(scores: numpy.ndarray) -> numpy.ndarray:
    """Log-probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    log_prob: numpy.ndarray = shifted - numpy.log(numpy.exp(shifted).sum(axis=-1, keepdims=True))
    return log_prob


def losses(
    cell: str, inputs: numpy.ndarray, targets: numpy.ndarray, state: State, w: Weights
) -> tuple[numpy.ndarray, State]:
    """-log p(target) (T, B) under a full softmax, and the state."""
    hidden, state = run(cell, inputs, state, w)
    log_prob = log_softmax(hidden @ w["output_layer.weight"].T + w["output_layer.bias"])
    return -numpy.take_along_axis(log_prob, targets[..., None], axis=-1)[..., 0], state
