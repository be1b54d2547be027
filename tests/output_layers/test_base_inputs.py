"""What every layer takes: nothing at all, lists, NumPy's integers, MXNet's legacy arrays."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.every_layer import COUNTS, EVERY_LAYER, IN_UNITS

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np

SPARSE = {
    "negative sampling, sparse": lambda: gs.NegativeSampling(COUNTS, IN_UNITS, sparse_grad=True),
    "nce, sparse": lambda: gs.NCE(COUNTS, IN_UNITS, 3, sparse_grad=True),
    "hierarchical, sparse": lambda: gs.HierarchicalSoftmax(COUNTS, IN_UNITS, sparse_grad=True),
    "sampled, sparse": lambda: gs.SampledSoftmax(10, IN_UNITS, 3, sparse_grad=True),
    "smoothed": lambda: gs.FullSoftmax(10, IN_UNITS, label_smoothing=0.1),
    "adaptive, smoothed": lambda: gs.AdaptiveSoftmax(10, IN_UNITS, [4], label_smoothing=0.1),
    "one word": lambda: gs.HierarchicalSoftmax([3], IN_UNITS),
}
LAYERS = {**EVERY_LAYER, **SPARSE}
IDS = numpy.array([1, 2, 5, 9], dtype=numpy.int32)
HIDDEN = np.array(numpy.random.default_rng(0).normal(size=(4, IN_UNITS)), dtype="float32")


def ready(name: str, **kwargs: Any) -> Any:
    layer = LAYERS[name](**kwargs)
    layer.initialize()
    layer.resample(numpy.random.default_rng(0))
    return layer


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2)])
@pytest.mark.parametrize("name", LAYERS)
def test_of_no_position_the_loss_is_empty_and_the_gradient_zero(
    name: str, shape: tuple[int, ...], training: bool
) -> None:
    layer = ready(name)
    below = gs.Embedding(5, IN_UNITS)
    below.initialize()
    trainer = gluon.Trainer([*layer.collect_params().values(), *below.collect_params().values()], "sgd")
    nothing = numpy.zeros(shape, dtype=numpy.int32)
    with autograd.record(train_mode=training):
        hidden = below(nothing)  # (..., 0, in_units)
        loss = layer(hidden, nothing, numpy.ones(shape))
        total = loss.sum()
    assert loss.shape == shape and float(total) == 0
    total.backward()
    gradients = [p.grad() for p in [*layer.collect_params().values(), *below.collect_params().values()]]
    assert not any((g.data if g.stype == "row_sparse" else g).asnumpy().any() for g in gradients)
    trainer.step(1)  # no gradient is stale
    mx.nd.waitall()
    if name != "one word":
        assert layer.log_prob(hidden).shape == (*shape, 10)
    assert layer.predict(hidden).shape == shape and layer.predict(hidden).dtype == numpy.int32
    mx.nd.waitall()
    assert layer(HIDDEN, IDS % layer.vocab_size).shape == (4,)  # and nothing is broken after it


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_an_empty_list_is_no_target(name: str) -> None:
    layer = ready(name)
    assert layer(np.zeros((0, IN_UNITS)), []).shape == (0,)
    with pytest.raises(ValueError, match=r"^target takes the sizes of hidden without its last axis"):
        layer(HIDDEN, [])


def test_searches_of_a_tree_and_scores_of_no_position_are_empty() -> None:
    hidden = np.zeros((0, IN_UNITS))
    layer = ready("hierarchical")
    assert layer.topk(hidden, 3).shape == (0, 3) and layer.sample(hidden).shape == (0,)


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_lists_and_arrays_of_every_kind_are_the_same_target_and_weights(name: str) -> None:
    layer = ready(name)
    weight = [1.0, 0.0, 2.0, 0.5]
    wanted = layer(HIDDEN, np.array(IDS, dtype="int32"), np.array(weight)).asnumpy()
    assert wanted[1] == 0 and wanted[0] > 0
    for target in (IDS.tolist(), IDS.astype(numpy.int64), np.array(IDS, dtype="int64"),
                   mx.nd.array(IDS, dtype="int32")):  # fmt: skip
        for weights in (weight, tuple(weight), numpy.array(weight), mx.nd.array(weight)):
            numpy.testing.assert_array_equal(layer(HIDDEN, target, weights).asnumpy(), wanted)


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_legacy_hidden_vector_is_one_of_mx_np_and_keeps_its_gradient(name: str) -> None:
    layer = ready(name)
    legacy, modern = HIDDEN.copy().as_nd_ndarray(), HIDDEN.copy()
    gradients, losses = [], []
    for hidden in (legacy, modern):
        hidden.attach_grad()
        with autograd.record():
            losses.append(layer(hidden, IDS))
        losses[-1].backward()
        gradients.append(hidden.grad.asnumpy())
    numpy.testing.assert_array_equal(losses[0].asnumpy(), losses[1].asnumpy())
    numpy.testing.assert_array_equal(*gradients)
    assert gradients[0].any()
    numpy.testing.assert_array_equal(layer.log_prob(legacy).asnumpy(), layer.log_prob(modern).asnumpy())
    numpy.testing.assert_array_equal(layer.predict(legacy).asnumpy(), layer.predict(modern).asnumpy())


@pytest.mark.parametrize("kind", [numpy.int64, numpy.int32, numpy.uint8, int])
@pytest.mark.parametrize("name", EVERY_LAYER)
def test_ignore_index_takes_numpy_integers(name: str, kind: Any) -> None:
    kwargs = {"ignore_index": kind(2)}
    layer = {
        "full": lambda: gs.FullSoftmax(10, IN_UNITS, **kwargs),
        "negative sampling": lambda: gs.NegativeSampling(COUNTS, IN_UNITS, **kwargs),
        "nce": lambda: gs.NCE(COUNTS, IN_UNITS, 3, **kwargs),
        "hierarchical": lambda: gs.HierarchicalSoftmax(COUNTS, IN_UNITS, **kwargs),
        "sampled": lambda: gs.SampledSoftmax(10, IN_UNITS, 3, **kwargs),
        "adaptive": lambda: gs.AdaptiveSoftmax(10, IN_UNITS, [4], **kwargs),
        "in batch": lambda: gs.InBatchSoftmax(COUNTS, IN_UNITS, **kwargs),
    }[name]()
    layer.initialize()
    assert (layer(HIDDEN, IDS).asnumpy() == 0).tolist() == [False, True, False, False]


@pytest.mark.parametrize("ask", ["loss", "log_prob", "predict"])
@pytest.mark.parametrize("name", EVERY_LAYER)
def test_float64_is_told_the_remedy_and_float16_the_reason(name: str, ask: str) -> None:
    layer = ready(name)

    def call(hidden: Any) -> Any:
        return layer(hidden, IDS) if ask == "loss" else getattr(layer, ask)(hidden)

    with pytest.raises(TypeError, match=r"^hidden takes float32; got float64, which \.astype\('float32'\)"):
        call(np.array(HIDDEN, dtype="float64"))
    with pytest.raises(
        TypeError, match=r"^hidden takes float32 on a CPU, where MXNet has no float16 products"
    ):
        call(HIDDEN.astype("float16"))
    with pytest.raises(TypeError, match=r"^hidden takes an MXNet array; got ndarray, of which mx\.np\.array"):
        call(numpy.zeros((4, IN_UNITS)))


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_weight_that_is_learned_has_the_gradient_of_its_loss(name: str) -> None:
    layer = ready(name)
    weight = np.array([1.0, 2.0, 0.5, 3.0])
    weight.attach_grad()
    with autograd.record():
        loss = layer(HIDDEN, IDS, weight * 2)
    loss.backward()
    numpy.testing.assert_allclose(weight.grad.asnumpy(), 2 * layer_losses(layer), rtol=1e-5)


def layer_losses(layer: Any) -> Any:
    """The losses in training mode."""
    with autograd.train_mode():
        return layer(HIDDEN, IDS).asnumpy()
