"""What every output layer has from its base: its checks, tried on negative sampling, and a small subclass."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.noise_reference import HIDDEN, TARGET, D, V, make

from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.output_layers.base import OutputLayer, Target


class Frequencies(OutputLayer):
    """Word w has probability proportional to w + 1, whatever the hidden vector: the shortest subclass."""

    def _loss(self, hidden: Any, target: Target) -> Any:
        assert hidden.shape == (len(target.host_ids), self.in_units)
        numpy.testing.assert_array_equal(target.ids.asnumpy(), target.host_ids)
        assert target.ids.dtype == numpy.int32 and target.ids.ctx == hidden.ctx
        return -np.log((target.ids + 1) / sum(range(1, self.vocab_size + 1)))

    def log_prob_inputs(self, ctx: Any) -> list[Any]:
        return [np.array(numpy.arange(self.vocab_size) + 1.0, dtype="float32", ctx=ctx)]

    def log_prob_graph(self, F: Any, hidden: Any, *inputs: Any) -> Any:
        row = F.np.expand_dims(F.np.log(inputs[0] / F.np.sum(inputs[0])), 0)  # (1, V)
        return row + 0 * F.npx.slice(hidden, begin=(None, 0), end=(None, 1))  # (N, V)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3)])
def test_a_subclass_of_two_methods_keeps_the_contract(
    shape: tuple[int, ...], hybridize: bool, contexts: Any
) -> None:
    layer = Frequencies(V, D, ignore_index=-1)
    layer.hybridize(hybridize)
    target = numpy.random.default_rng(2).integers(0, V, shape)
    wanted = numpy.log((numpy.arange(V) + 1) / sum(range(1, V + 1)))
    for ctx in contexts:
        hidden = np.ones((*shape, D), ctx=ctx)
        numpy.testing.assert_allclose(layer(hidden, target).asnumpy(), -wanted[target], rtol=1e-5)
        assert not layer(hidden, numpy.full(shape, -1)).asnumpy().any()
        log_prob = layer.log_prob(hidden)
        assert log_prob.shape == (*shape, V) and log_prob.ctx == ctx
        numpy.testing.assert_allclose(log_prob.asnumpy(), numpy.broadcast_to(wanted, (*shape, V)), rtol=1e-5)
        assert layer.predict(hidden).shape == shape and (layer.predict(hidden).asnumpy() == V - 1).all()


def test_a_base_alone_has_no_loss_and_no_probabilities() -> None:
    layer = OutputLayer(V, D)
    assert (layer.vocab_size, layer.in_units) == (V, D)
    with pytest.raises(NotImplementedError):
        layer(np.zeros((2, D)), [0, 1])
    with pytest.raises(NotImplementedError):
        layer.log_prob(np.zeros((2, D)))
    layer.resample(None)
    layer.exclude([0])
    assert layer.log_prob_inputs(mx.cpu()) == []


@pytest.mark.parametrize("kwargs, error, said", [
    ({"vocab_size": 0}, ValueError, "vocab_size takes"), ({"vocab_size": 2.5}, TypeError, "vocab_size takes"),
    ({"in_units": 0}, ValueError, "in_units takes"), ({"in_units": "5"}, TypeError, "in_units takes"),
    ({"ignore_index": 1.0}, TypeError, "ignore_index takes an integer or None; got 1.0"),
    ({"ignore_index": True}, TypeError, "ignore_index takes an integer or None; got True"),
])  # fmt: skip
def test_wrong_arguments_are_named(kwargs: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        OutputLayer(**{"vocab_size": V, "in_units": D, **kwargs})


@pytest.mark.parametrize("hidden, target, error, said", [
    ((2, D + 1), [1, 2], ValueError, rf"hidden takes shape \(\.\.\., {D}\), .*got \(2, {D + 1}\)"),
    ((2, D), [1, V], ValueError, rf"target takes ids in \[0, {V}\); got {V}"),
    ((2, D), [-1, 1], ValueError, r"target takes ids .* got -1"),
    ((2, D), [1.0, 2.5], TypeError, "target takes integer ids"),
    ((2, D), [float("nan"), 2.0], TypeError, "target takes integer ids"),
    ((2, D), [1, 2, 3], ValueError, r"target takes the sizes of hidden .*\(2,\); got \(3,\)"),
    ((2, D), [[1, 2]], ValueError, "target takes the sizes of hidden"),
])  # fmt: skip
@pytest.mark.parametrize("on_device", [False, True])
def test_wrong_inputs_are_named(hidden: Any, target: Any, error: type, said: str, on_device: bool) -> None:
    layer = make()
    ids = numpy.array(target, dtype=numpy.float32 if error is TypeError else numpy.int32)
    with pytest.raises(error, match=f"^{said}"):
        layer(np.zeros(hidden), np.array(ids, dtype=ids.dtype) if on_device else ids)
    with pytest.raises(ValueError, match=r"^hidden takes shape"):
        layer.log_prob(np.zeros((2, D - 1)))


def test_ignored_positions_and_weights_of_positions() -> None:
    """A target of -1 is no id: its position costs nothing and teaches nothing."""
    layer, plain = make(ignore_index=-1), make()
    for one in (layer, plain):
        one.resample(numpy.random.default_rng(3))
    target = TARGET.copy()
    target[[2, 6]] = -1
    weights = numpy.array([1, 0.5, 2, 1, 0, 1, 3, 1], dtype=numpy.float32)
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        wanted = plain(hidden, TARGET)
    factor = weights * (target >= 0)
    wanted.backward(np.array(factor))
    wanted_gradients = hidden.grad.asnumpy(), plain.weight.grad().asnumpy()
    with autograd.record():
        loss = layer(hidden, np.array(target), np.array(weights))
    loss.backward()
    numpy.testing.assert_allclose(loss.asnumpy(), wanted.asnumpy() * factor, rtol=1e-6)
    numpy.testing.assert_allclose(hidden.grad.asnumpy(), wanted_gradients[0], rtol=1e-5, atol=1e-6)
    numpy.testing.assert_allclose(layer.weight.grad().asnumpy(), wanted_gradients[1], rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match=r"^target takes ids in"):
        plain(hidden, target)
    with pytest.raises(ValueError, match=r"^sample_weight takes the sizes of target"):
        layer(hidden, target, np.ones((4,)))


def test_ids_of_64_bits() -> None:
    layer = make()
    layer.resample(numpy.random.default_rng(0))
    wanted = layer(np.array(HIDDEN), np.array(TARGET)).asnumpy()
    for target in (TARGET.astype(numpy.int64), np.array(TARGET, dtype="int64"), TARGET.tolist()):
        numpy.testing.assert_array_equal(layer(np.array(HIDDEN), target).asnumpy(), wanted)


@pytest.mark.parametrize("hidden, said", [
    (numpy.zeros((2, D)), "hidden takes an MXNet array; got ndarray"),
    (np.zeros((2, D), dtype="int32"), "hidden takes float32; got int32"),
    (np.zeros((2, D), dtype="float16"), "hidden takes float32 on a CPU"),
])  # fmt: skip
def test_a_hidden_vector_of_another_type_is_named(hidden: Any, said: str) -> None:
    with pytest.raises(TypeError, match=f"^{said}"):
        make()(hidden, numpy.array([1, 2]))
