"""An output layer of one's own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy

from gluon_softmax.coursework.exercise import Example, Exercise

EXERCISE = Exercise(
    title="An output layer of one's own",
    chapter="choosing_a_softmax",
    section="The Layers",
    kind="extend",
    minutes=90,
    hand_in="output_layer(vocab_size, in_units): a gluon.HybridBlock under the contract of an output layer",
    right_when="losses, probabilities, predictions, gradients and saved parameters agree for any weights",
    source="the contract that every output layer here keeps; Dive into Deep Learning, section 6.5",
    hints=(
        "Begin with the full softmax: a weight (vocab_size, in_units), a bias, and the scores of all words.",
        "self.params.get(name, shape=...) registers a parameter; hybrid_forward gets it by its attribute's "
        "name. In log_prob take self.weight.data(hidden.ctx).",
        "npx.log_softmax(scores, axis=-1) is log_prob; npx.pick(log_prob, target, axis=-1) are the targets'.",
        "npx.fully_connected(hidden, weight, bias, num_hidden=vocab_size, flatten=False) keeps the leading "
        "axes; predict is log_prob(hidden).argmax(axis=-1).",
    ),
    arrays="mxnet",
    rtol=1e-3,
    atol=1e-3,
    limit_s=60.0,
)
_RIGHT = {
    "the loss has the shape": (2, 3),
    "loss / -log_prob of the target": 1.0,
    "log_prob has the shape": (2, 3, 5),
    "exp(log_prob) sums to one": "yes",
    "predict has the shape": (2, 3),
    "predict is the argmax of log_prob": True,
    "the gradient by hidden is that of finite differences": True,
    "saved and loaded it gives the same": True,
    "compiled it gives the same": True,
    "parameters that a step of the Trainer moves": "all",
    "three steps lower the loss": True,
}


def probe(answer: Callable[..., Any], arguments: tuple[Any, ...]) -> object:
    """Make the layer, and say how it keeps the contract; nothing that is said depends on its weights."""
    from gluon_softmax.backend import gluon, init, mx, np

    vocab_size, in_units, hidden, target = arguments
    mx.random.seed(0)
    layer = answer(int(vocab_size), int(in_units))
    if not isinstance(layer, gluon.HybridBlock):
        raise TypeError(f"output_layer gives a gluon.HybridBlock; got {type(layer).__name__}")
    layer.initialize(init.Normal(0.5))
    hidden, target = np.array(hidden, dtype="float32"), np.array(target, dtype="int32")
    loss = _host("the loss", layer(hidden, target))
    log_prob = _host("log_prob", layer.log_prob(hidden))
    words = _host("predict", layer.predict(hidden))
    fits = log_prob.shape == (*target.shape, vocab_size)
    said = {
        "the loss has the shape": loss.shape,
        "loss / -log_prob of the target": _ratio(loss, log_prob, target.asnumpy()) if fits else "?",
        "log_prob has the shape": log_prob.shape,
        "exp(log_prob) sums to one": _sums(log_prob),
        "predict has the shape": words.shape,
        "predict is the argmax of log_prob": bool(numpy.array_equal(words, log_prob.argmax(axis=-1))),
        "the gradient by hidden is that of finite differences": _gradient_is_right(layer, hidden, target),
        "saved and loaded it gives the same": _loads(layer, answer(int(vocab_size), int(in_units)), hidden),
    }
    layer.hybridize()
    compiled = _host("the loss", layer(hidden, target))
    said["compiled it gives the same"] = bool(numpy.allclose(compiled, loss, rtol=1e-3, atol=1e-4))
    return {**said, **_trained(layer, int(vocab_size), int(in_units))}


def examples() -> list[Example]:
    """Two rows of three positions over five words."""
    hidden = numpy.linspace(-1.0, 1.0, 12).reshape(2, 3, 2)
    target = numpy.array([[0, 1, 2], [3, 4, 1]])
    return [Example((5, 2, hidden, target), _RIGHT)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Positions along two axes, as a language model has them."""
    vocab_size, in_units = int(rng.integers(6, 12)), int(rng.integers(3, 6))
    shape = tuple(int(size) for size in rng.integers(2, 5, size=2))
    return vocab_size, in_units, rng.normal(size=(*shape, in_units)), rng.integers(vocab_size, size=shape)


def _host(name: str, value: Any) -> numpy.ndarray:
    if not hasattr(value, "asnumpy"):
        raise TypeError(f"{name} is an MXNet array; got {type(value).__name__}")
    return numpy.asarray(value.asnumpy())


def _ratio(loss: numpy.ndarray, log_prob: numpy.ndarray, target: numpy.ndarray) -> object:
    """What the loss is of minus the target's log_prob, if it is one number for all positions."""
    right = -numpy.take_along_axis(log_prob, target[..., None], axis=-1)[..., 0]
    if loss.shape != right.shape or not (right > 0).all():
        return "?"
    ratio = loss / right
    return float(ratio.mean()) if numpy.ptp(ratio) < 1e-3 * abs(ratio.mean()) else "differs"


def _sums(log_prob: numpy.ndarray) -> str:
    if numpy.allclose(numpy.exp(log_prob).sum(axis=-1), 1.0, rtol=1e-3):
        return "yes"
    return "log_prob itself does" if numpy.allclose(log_prob.sum(axis=-1), 1.0, rtol=1e-3) else "no"


def _gradient_is_right(layer: Any, hidden: Any, target: Any) -> bool:
    """The gradient of the summed loss, outside of training, along a random direction."""
    from gluon_softmax.backend import autograd, mx, np

    point = hidden.copy()
    point.attach_grad()
    with autograd.record(train_mode=False):
        loss = layer(point, target).sum()
    try:
        loss.backward()
    except mx.MXNetError:  # nothing of the loss comes from hidden, or from a parameter
        return False
    direction = numpy.random.default_rng(0).normal(size=hidden.shape)
    step = np.array(0.01 * direction, dtype="float32")
    rise = float(layer(hidden + step, target).sum()) - float(layer(hidden - step, target).sum())
    slope = float((point.grad.asnumpy() * direction).sum())
    return abs(slope - rise / 0.02) <= 0.02 + 0.02 * abs(slope)


def _loads(layer: Any, other: Any, hidden: Any) -> bool:
    """Whether another layer with the saved parameters has the same probabilities."""
    from gluon_softmax.backend import nn

    nets = [nn.HybridSequential(), nn.HybridSequential()]
    for net, block in zip(nets, (layer, other)):
        net.add(block)
    other.initialize()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "layer.params")
        nets[0].save_parameters(path)
        nets[1].load_parameters(path)
    got, want = (_host("log_prob", block.log_prob(hidden)) for block in (other, layer))
    return bool(numpy.allclose(got, want, rtol=1e-4, atol=1e-5))


def _trained(layer: Any, vocab_size: int, in_units: int) -> dict[str, object]:
    """Three steps of a Trainer on every word: which parameters move, and whether the loss falls."""
    from gluon_softmax.backend import autograd, gluon, np

    rows = numpy.random.default_rng(1).normal(size=(vocab_size, in_units))
    hidden, target = np.array(rows, dtype="float32"), np.arange(vocab_size, dtype="int32")

    parameters = list(layer.collect_params().values())
    before = [parameter.data().asnumpy() for parameter in parameters]
    first = float(layer(hidden, target).sum())
    if parameters:
        trainer = gluon.Trainer(parameters, "sgd", {"learning_rate": 0.05}, kvstore=None)
        for _ in range(3):
            with autograd.record():
                loss = layer(hidden, target).sum()
            loss.backward()
            trainer.step(1)
    moved = [(parameter.data().asnumpy() != old).any() for parameter, old in zip(parameters, before)]
    share = "none" if not any(moved) else "all" if all(moved) else "some"
    return {
        "parameters that a step of the Trainer moves": share,
        "three steps lower the loss": bool(float(layer(hidden, target).sum()) < first),
    }
