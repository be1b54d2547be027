"""The slow way of layers that share candidates: a loop over positions and candidates, and a draw by hand."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy

from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.vocabulary.samplers import Sampler
from oracles.reference import numeric_gradient, softplus


class FixedSampler(Sampler):
    """Always the same ids and expected counts, as the figures of other systems have them."""

    def __init__(self, ids: Any, expected: Any) -> None:
        self.ids, self.expected = numpy.array(ids), numpy.array(expected, dtype=numpy.float64)
        self.range_max = self.num_classes = self.expected.size

    def sample(self, n: int, unique: bool = False, rng: Any = None) -> numpy.ndarray:  # noqa: ARG002  # a Sampler's
        assert n == self.ids.size
        self.num_tries = n
        return self.ids

    def expected_count(self, ids: Any, num_tries: int, unique: bool = False) -> numpy.ndarray:  # noqa: ARG002
        return self.expected[ids]

    def prob(self, ids: Any) -> numpy.ndarray:
        return self.expected[ids] / self.expected.sum()


def tensorflow_arrays() -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """The w (5, 10), b (5,), h (3, 10) and labels (3,) of the known answers.

    The candidates are 1, 0, 2, 3, each with an expected count of 0.5.
    """
    rng = numpy.random.RandomState(0)
    w, b, h = (rng.randn(*shape).astype(numpy.float32) for shape in ((5, 10), (5,), (3, 10)))
    return w, b, h, numpy.array([0, 1, 2])


def slow_sampled_loss(
    hidden: Any, weight: Any, bias: Any, target: Any, candidates: Any, expected: Any, remove: bool
) -> numpy.ndarray:
    """TensorFlow's ``sampled_softmax_loss``, `expected` (V,), in its own order.

    The target comes first, and hits are left out one by one.
    """
    losses = []
    for h, right in zip(numpy.asarray(hidden, dtype=numpy.float64), target):
        words = [right] + [c for c in candidates if not (remove and c == right)]
        logits = numpy.array([weight[w] @ h + bias[w] - numpy.log(expected[w]) for w in words])
        losses.append(numpy.log(numpy.exp(logits - logits.max()).sum()) + logits.max() - logits[0])
    return numpy.array(losses)


def slow_nce_loss(
    hidden: Any, weight: Any, bias: Any, target: Any, candidates: Any, shift: Any, remove: bool
) -> numpy.ndarray:
    """TensorFlow's ``nce_loss``; `shift` (V,) is what is added to the scores, such as -log Q."""
    losses = []
    for h, right in zip(numpy.asarray(hidden, dtype=numpy.float64), target):
        loss = softplus(-(weight[right] @ h + bias[right] + shift[right]))
        for c in candidates:
            if not (remove and c == right):
                loss = loss + softplus(weight[c] @ h + bias[c] + shift[c])
        losses.append(loss)
    return numpy.array(losses)


def parameters_of(layer: Any) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The weight (V, d) and bias (V,) in float64, a bias of zeros where the layer has none."""
    weight = layer.weight.list_data()[0].asnumpy().astype(numpy.float64)
    if "bias" not in layer._reg_params:
        return weight, numpy.zeros(len(weight))
    return weight, layer.bias.list_data()[0].asnumpy().astype(numpy.float64).reshape(-1)


def dense_gradient(parameter: Any, ctx: Any) -> numpy.ndarray:
    gradient = parameter.grad(ctx)
    return (gradient.tostype("default") if gradient.stype == "row_sparse" else gradient).asnumpy()


def loss_and_gradients(
    layer: Any, hidden: Any, target: Any, out_grad: Any, ctx: Any = None
) -> tuple[numpy.ndarray, numpy.ndarray, dict[str, numpy.ndarray]]:
    """The training loss, the gradient of Σ loss · out_grad with respect to hidden, and to each parameter."""
    ctx = mx.current_context() if ctx is None else ctx
    on_device = np.array(hidden, dtype="float32", ctx=ctx)
    on_device.attach_grad()
    with autograd.record():
        loss = layer(on_device, np.array(target, dtype="int32", ctx=ctx))
    loss.backward(np.array(out_grad, dtype="float32", ctx=ctx))
    gradients = {name: dense_gradient(parameter, ctx) for name, parameter in layer._reg_params.items()}
    return loss.asnumpy(), on_device.grad.asnumpy(), gradients


def check_loss_and_gradients(
    layer: Any,
    contexts: Sequence[Any],
    slow: Callable[[Any, Any, Any], numpy.ndarray],
    hidden: numpy.ndarray,
    target: numpy.ndarray,
    out_grad: numpy.ndarray,
    touched: numpy.ndarray | None,
) -> None:
    """The layer's loss and gradients on each context beside those of ``slow(hidden, weight, bias)``.

    `touched` are the rows of a row-sparse gradient, in order; None where the gradients are to be dense.
    """
    weight, bias = parameters_of(layer)
    wanted = {
        "hidden": numeric_gradient(lambda h: slow(h, weight, bias) @ out_grad, hidden),
        "weight": numeric_gradient(lambda w: slow(hidden, w, bias) @ out_grad, weight),
        "bias": numeric_gradient(lambda b: slow(hidden, weight, b) @ out_grad, bias)[:, None],
    }
    for ctx in contexts:
        loss, hidden_grad, gradients = loss_and_gradients(layer, hidden, target, out_grad, ctx)
        numpy.testing.assert_allclose(loss, slow(hidden, weight, bias), rtol=2e-5, atol=5e-6)
        for name, gradient in {"hidden": hidden_grad, **gradients}.items():
            numpy.testing.assert_allclose(gradient, wanted[name], rtol=1e-4, atol=2e-5)
        for parameter in layer._reg_params.values():
            gradient = parameter.grad(ctx)
            assert gradient.stype == ("default" if touched is None else "row_sparse")
            if touched is not None:
                numpy.testing.assert_array_equal(gradient.indices.asnumpy(), touched)


def made_ready(layer: Any, contexts: Any, hybridize: bool) -> Any:
    """The layer initialized, its biases those of a parabola over the ids."""
    layer.initialize(ctx=contexts)
    if "bias" in layer._reg_params:
        layer.bias.set_data(np.array(numpy.linspace(-1, 1, layer.vocab_size)[:, None] ** 2))
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer
