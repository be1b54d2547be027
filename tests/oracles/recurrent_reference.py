"""Recurrent language models the slow way: float64 NumPy, a step and a word at a time."""

from __future__ import annotations

from typing import Any, Mapping

import numpy

from oracles.reference import TinyCorpus, sigmoid

GATES = {"rnn_tanh": 1, "rnn_relu": 1, "gru": 3, "lstm": 4}


class Text(TinyCorpus):
    """A `TinyCorpus` whose sentences are taken to end in ``<eos>``."""

    eos = True


def parameters_of(net: Any, ctx: Any = None) -> dict[str, numpy.ndarray]:
    return {
        name: parameter.data(ctx).asnumpy().astype(numpy.float64)
        for name, parameter in net._collect_params_with_prefix().items()
    }


def step(cell: str, x: Any, state: tuple[Any, ...], w: Mapping[str, Any]) -> tuple[Any, ...]:
    """One step of one layer: x (B, d), state of arrays (B, H) -> the new state, its output first."""
    i = x @ w["i2h_weight"].T + w["i2h_bias"]
    h = state[0] @ w["h2h_weight"].T + w["h2h_bias"]
    if cell == "rnn_tanh":
        return (numpy.tanh(i + h),)
    if cell == "rnn_relu":
        return (numpy.maximum(i + h, 0),)
    i, h = numpy.split(i, GATES[cell], axis=1), numpy.split(h, GATES[cell], axis=1)
    if cell == "gru":  # reset, update, new: Cho et al. 2014, with the reset behind the product
        reset, update = sigmoid(i[0] + h[0]), sigmoid(i[1] + h[1])
        new = numpy.tanh(i[2] + reset * h[2])
        return ((1 - update) * new + update * state[0],)
    enter, forget, output = (sigmoid(i[k] + h[k]) for k in (0, 1, 3))  # Hochreiter and Schmidhuber 1997
    memory = forget * state[1] + enter * numpy.tanh(i[2] + h[2])
    return output * numpy.tanh(memory), memory


def run(cell: str, inputs: Any, state: list[Any], w: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """Ids (T, B) -> (the last layer's outputs (T, B, H), the state after them); the state is a flat list as
    the net's, each array (1, B, H).
    """
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


def log_softmax(scores: Any) -> Any:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - numpy.log(numpy.exp(shifted).sum(axis=-1, keepdims=True))


def losses(cell: str, inputs: Any, targets: Any, state: list[Any], w: Mapping[str, Any]) -> tuple[Any, Any]:
    """-log p(target) (T, B) under a full softmax, and the state."""
    hidden, state = run(cell, inputs, state, w)
    log_prob = log_softmax(hidden @ w["output_layer.weight"].T + w["output_layer.bias"])
    return -numpy.take_along_axis(log_prob, targets[..., None], axis=-1)[..., 0], state
