"""The contract of an output layer, kept by every layer here and by every name of the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import numpy
import pytest
from oracles.every_layer import EVERY_LAYER, EVERY_REGISTERED_LAYER, registered

from gluon_softmax.backend import autograd, gluon, mx, np
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.runs.layers import LAYERS

MAKE: dict[str, Callable[[], Any]] = {**EVERY_LAYER, **EVERY_REGISTERED_LAYER}
SHAPE = (2, 3)

every_layer = pytest.mark.parametrize("name", MAKE)
compiled_or_not = pytest.mark.parametrize("hybridize", [False, True])


def make(name: str, contexts: Any = None, hybridize: bool = False) -> Any:
    mx.random.seed(7)
    layer = MAKE[name]()
    layer.initialize(mx.init.Normal(0.5), ctx=contexts)
    layer.resample(numpy.random.default_rng(0))
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def batch_of(layer: OutputLayer) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Hidden vectors (2, 3, in_units), and targets (2, 3) from head to tail."""
    rng = numpy.random.default_rng(5)
    hidden = rng.normal(size=(*SHAPE, layer.in_units)).astype(numpy.float32)
    return hidden, numpy.linspace(1, layer.vocab_size - 1, 6).astype(numpy.int32).reshape(SHAPE)


def values(layer: OutputLayer, ctx: Any = None) -> dict[str, numpy.ndarray]:
    parameters = layer._collect_params_with_prefix()
    return {name: parameter.data(ctx).asnumpy() for name, parameter in parameters.items()}


@every_layer
@compiled_or_not
def test_one_loss_per_position(name: str, hybridize: bool, contexts: Any) -> None:
    layer = make(name, contexts, hybridize)
    hidden, target = batch_of(layer)
    for ctx in contexts:
        on_device = np.array(hidden, ctx=ctx)
        for mode in (autograd.train_mode, autograd.predict_mode):
            with mode():
                loss = layer(on_device, np.array(target, dtype="int32", ctx=ctx))
                from_host = layer(on_device, target)
                flat = layer(on_device.reshape(6, -1), target.reshape(6))
            assert loss.shape == SHAPE and loss.dtype == numpy.float32 and loss.ctx == ctx
            assert numpy.isfinite(loss.asnumpy()).all() and (loss.asnumpy() > 0).all()
            numpy.testing.assert_array_equal(from_host.asnumpy(), loss.asnumpy())
            numpy.testing.assert_allclose(flat.asnumpy(), loss.asnumpy().reshape(6), rtol=1e-5, atol=1e-6)


@every_layer
@compiled_or_not
def test_log_probabilities_in_nats(name: str, hybridize: bool, contexts: Any) -> None:
    """They sum to one, predict is their argmax, and a cross-entropy outside of training is the target's."""
    layer = make(name, contexts, hybridize)
    hidden, target = batch_of(layer)
    for ctx in contexts:
        on_device = np.array(hidden, ctx=ctx)
        log_prob = layer.log_prob(on_device)
        assert log_prob.shape == (*SHAPE, layer.vocab_size) and log_prob.ctx == ctx
        log_prob = log_prob.asnumpy()
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=-1), 1, rtol=2e-5)
        word = layer.predict(on_device)
        assert word.shape == SHAPE and word.dtype == numpy.int32 and word.ctx == ctx
        numpy.testing.assert_array_equal(word.asnumpy(), log_prob.argmax(axis=-1))
        if layer.loss_is_cross_entropy:
            loss = layer(on_device, target).asnumpy()
            wanted = -numpy.take_along_axis(log_prob, target[..., None], axis=-1)[..., 0]
            numpy.testing.assert_allclose(loss, wanted, rtol=1e-5, atol=1e-5)


@every_layer
def test_compiling_changes_nothing(name: str) -> None:
    plain, compiled = make(name), make(name, hybridize=True)
    hidden, target = batch_of(plain)
    results = []
    for layer in (plain, compiled):
        on_device = np.array(hidden)
        on_device.attach_grad()
        with autograd.record():
            loss = layer(on_device, target)
        loss.backward()
        gradients = [p.grad().asnumpy() for p in layer.collect_params().values()]
        log_prob = layer.log_prob(on_device)
        results.append([loss.asnumpy(), on_device.grad.asnumpy(), log_prob.asnumpy(), *gradients])
    for one, other in zip(*results):
        numpy.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@every_layer
@compiled_or_not
def test_a_step_of_the_trainer(name: str, hybridize: bool, contexts: Any) -> None:
    """On the same draw the loss falls, and every context has the same parameters, each of which has moved."""
    layer = make(name, contexts, hybridize)
    hidden, target = batch_of(layer)
    before = values(layer, contexts[0])
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.05}, update_on_kvstore=False)
    shards = [
        (np.array(h, ctx=ctx), y)
        for h, y, ctx in zip(
            numpy.array_split(hidden, len(contexts)), numpy.array_split(target, len(contexts)), contexts
        )
    ]

    def losses() -> list[Any]:
        return [layer(h, y) for h, y in shards]

    with autograd.record():
        first = losses()
    autograd.backward(first)
    trainer.step(1)
    with autograd.train_mode():
        second = losses()
    assert sum(float(loss.sum()) for loss in second) < sum(float(loss.sum()) for loss in first)
    after = values(layer, contexts[0])
    assert all((after[key] != before[key]).any() for key in before)
    for ctx in contexts[1:]:
        for key, value in values(layer, ctx).items():
            numpy.testing.assert_array_equal(value, after[key])


@every_layer
def test_parameters_are_collected_saved_and_loaded(name: str, contexts: Any, tmp_path: Path) -> None:
    layer, other = make(name, contexts), MAKE[name]()
    by_path = layer._collect_params_with_prefix()
    assert by_path and list(layer.collect_params().values()) == list(by_path.values())
    layer.save_parameters(str(tmp_path / "layer.params"))
    other.load_parameters(str(tmp_path / "layer.params"), ctx=contexts)
    hidden, _ = batch_of(layer)
    for ctx in contexts:
        for key, value in values(layer, ctx).items():
            numpy.testing.assert_array_equal(values(other, ctx)[key], value)
        on_device = np.array(hidden, ctx=ctx)
        numpy.testing.assert_array_equal(
            other.log_prob(on_device).asnumpy(), layer.log_prob(on_device).asnumpy()
        )


@every_layer
def test_repr_says_the_sizes(name: str) -> None:
    layer = MAKE[name]()
    assert isinstance(layer, OutputLayer)
    assert repr(layer).startswith(f"{type(layer).__name__}({layer.in_units} -> {layer.vocab_size}")


@every_layer
def test_a_draw_that_is_fixed_is_repeated_and_unk_can_be_excluded(name: str) -> None:
    layer = make(name)
    hidden, target = batch_of(layer)
    layer.exclude([0])
    losses = []
    for _ in range(2):
        layer.resample(numpy.random.default_rng(3))
        with autograd.train_mode():
            losses += [layer(np.array(hidden), target).asnumpy() for _ in range(2)]
    for loss in losses[1:]:
        numpy.testing.assert_array_equal(loss, losses[0])
    layer.resample(None)
    assert numpy.isfinite(layer(np.array(hidden), target).asnumpy()).all()


@every_layer
def test_weights_of_positions(name: str) -> None:
    """Each multiplies the loss of its position; a weight of 0 leaves it out."""
    layer = make(name)
    hidden, target = batch_of(layer)
    weight = numpy.array([[0, 1, 2], [0.5, 0, 1]], dtype=numpy.float32)
    with autograd.train_mode():
        plain = layer(np.array(hidden), target).asnumpy()
        weighted = layer(np.array(hidden), target, np.array(weight)).asnumpy()
    numpy.testing.assert_allclose(weighted, weight * plain, rtol=1e-6)


@every_layer
@pytest.mark.parametrize("target, error, said", [
    ("high", ValueError, "target takes ids in"), ("low", ValueError, "target takes ids in"),
    ("float", TypeError, "target takes integer ids"),
    ("short", ValueError, "target takes the sizes of hidden"),
])  # fmt: skip
def test_wrong_targets_are_named(name: str, target: str, error: type, said: str) -> None:
    layer = make(name)
    hidden, right = batch_of(layer)
    wrong = {
        "high": numpy.full(SHAPE, layer.vocab_size),
        "low": numpy.full(SHAPE, -1),
        "float": right.astype(numpy.float32) + 0.5,
        "short": right[:1],
    }
    with pytest.raises(error, match=f"^{said}"):
        layer(np.array(hidden), wrong[target])


@every_layer
def test_wrong_hidden_vectors_are_named(name: str) -> None:
    layer = make(name)
    _, target = batch_of(layer)
    wrong = np.zeros((*SHAPE, layer.in_units + 1))
    for ask in (lambda: layer(wrong, target), lambda: layer.log_prob(wrong), lambda: layer.predict(wrong)):
        with pytest.raises(ValueError, match=r"^hidden takes shape"):
            ask()


@pytest.mark.parametrize("name", LAYERS)
def test_the_same_seed_gives_the_same_weights_with_and_without_sparse_grad(name: str) -> None:
    weights = []
    for sparse_grad in (False, True):
        mx.random.seed(7)
        layer = registered(name, sparse_grad)
        layer.initialize(mx.init.Normal(0.5))
        weights.append(values(layer))
    assert weights[0].keys() == weights[1].keys()
    for key, value in weights[0].items():
        numpy.testing.assert_array_equal(weights[1][key], value)
