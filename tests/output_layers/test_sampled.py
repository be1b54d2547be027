"""Sampled softmax beside TensorFlow's formula one position at a time, and the full softmax it tends to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.candidate_reference import (
    FixedSampler,
    loss_and_gradients,
    parameters_of,
    slow_sampled_loss,
    tensorflow_arrays,
)
from oracles.reference import TinyCorpus, numeric_gradient

from gluon_softmax import (
    CBOW,
    CBOWBatches,
    Embedding,
    FullSoftmax,
    LogUniformSampler,
    SampledSoftmax,
    SkipGram,
    SkipGramPairs,
    UniformSampler,
    UnigramSampler,
    train,
)
from gluon_softmax.backend import autograd, mx, nn, np
from gluon_softmax.runs.layers import build_output_layer

V, D, S = 9, 5, 6
COUNTS = numpy.array([40, 7, 3, 25, 3, 12, 1, 9, 30])
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=8).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8, 5, 2, 0, 4], dtype=numpy.int32)
SAMPLERS: dict[str, Any] = {
    "log-uniform": None, "uniform": UniformSampler(V), "unigram": UnigramSampler(COUNTS),
}  # fmt: skip


def make(
    contexts: Any = None, hybridize: bool = False, num_sampled: int = S, **kwargs: Any
) -> SampledSoftmax:
    mx.random.seed(7)
    layer = SampledSoftmax(V, D, num_sampled, weight_initializer=mx.init.Normal(1.0), **kwargs)
    layer.initialize(ctx=contexts)
    if "bias" in layer._reg_params:
        layer.bias.set_data(np.array(numpy.linspace(-1, 1, V)[:, None] ** 2))
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def known(remove: bool, **kwargs: Any) -> tuple[SampledSoftmax, Any, Any]:
    """The layer, hidden and target of TensorFlow's own formula in NumPy, its candidates 1, 0, 2, 3."""
    weight, bias, hidden, target = tensorflow_arrays()
    layer = SampledSoftmax(
        5, 10, 4, FixedSampler([1, 0, 2, 3], [0.5] * 5), remove_accidental_hits=remove, **kwargs
    )
    layer.initialize()
    layer.weight.set_data(np.array(weight))
    layer.bias.set_data(np.array(bias[:, None]))
    return layer, hidden, target


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize("remove, wanted", [
    (False, [1.648879, 3.889673, 0.908777]), (True, [1.435357, 3.869008, 0.392911]),
])  # fmt: skip
def test_losses_of_tensorflow(
    remove: bool, wanted: Any, unique: bool, sparse_grad: bool, hybridize: bool
) -> None:
    """``tf.nn.sampled_softmax_loss``'s formula in NumPy, ``np.random.seed(0)``, all expected counts 0.5."""
    layer, hidden, target = known(remove, unique=unique, sparse_grad=sparse_grad)
    if hybridize:
        layer.hybridize(static_alloc=True)
    loss, _, _ = loss_and_gradients(layer, hidden, target, numpy.ones(3))
    numpy.testing.assert_allclose(loss, wanted, rtol=3e-6, atol=3e-6)


def test_scores_of_tensorflow() -> None:
    layer, hidden, target = known(True)
    candidates = numpy.array([1, 0, 2, 3])
    shift = numpy.full(7, -numpy.log(0.5))
    vectors = np.array(hidden)
    inputs = layer._look_up(numpy.concatenate([target, candidates]), shift, vectors)
    right, sampled = layer._scores(mx, vectors, *inputs)
    logits = [float(right[0]), *sampled[0].tolist()]
    numpy.testing.assert_allclose(logits, [-0.53326, -0.05626, -0.53326, -2.23035, -0.19203], atol=6e-6)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("kwargs", [
    {}, {"remove_accidental_hits": False}, {"use_bias": False}, {"unique": False},
    {"unique": False, "remove_accidental_hits": False}, {"sampler": "uniform"},
    {"sampler": "unigram", "unique": False},
], ids=str)  # fmt: skip
def test_loss_and_gradients(kwargs: Any, sparse_grad: bool, hybridize: bool, contexts: Any) -> None:
    remove, unique = kwargs.get("remove_accidental_hits", True), kwargs.get("unique", True)
    sampler = SAMPLERS[kwargs.get("sampler", "log-uniform")]
    layer = make(contexts, hybridize, sparse_grad=sparse_grad, **{**kwargs, "sampler": sampler})
    layer.resample(numpy.random.default_rng(3))
    candidates, num_tries = layer._candidates
    assert unique or len(set(candidates)) < S  # with repeats
    assert set(candidates) & set(TARGET) and set(TARGET) - set(candidates)
    expected = layer._sampler.expected_count(numpy.arange(V), num_tries, unique)
    weight, bias = parameters_of(layer)

    def slow(hidden: Any, weight: Any, bias: Any) -> Any:
        return slow_sampled_loss(hidden, weight, bias, TARGET, candidates, expected, remove)

    wanted = {
        "hidden": numeric_gradient(lambda h: slow(h, weight, bias) @ OUT_GRAD, HIDDEN),
        "weight": numeric_gradient(lambda w: slow(HIDDEN, w, bias) @ OUT_GRAD, weight),
        "bias": numeric_gradient(lambda b: slow(HIDDEN, weight, b) @ OUT_GRAD, bias)[:, None],
    }
    for ctx in contexts:
        loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD, ctx)
        numpy.testing.assert_allclose(loss, slow(HIDDEN, weight, bias), rtol=2e-5, atol=5e-6)
        for name, gradient in {"hidden": hidden_grad, **gradients}.items():
            numpy.testing.assert_allclose(gradient, wanted[name], rtol=1e-4, atol=2e-5)
        for parameter in layer._reg_params.values():
            gradient = parameter.grad(ctx)
            assert gradient.stype == ("row_sparse" if sparse_grad else "default")
            if sparse_grad:
                touched = numpy.union1d(TARGET, candidates)
                numpy.testing.assert_array_equal(gradient.indices.asnumpy(), touched)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_every_class_drawn_once_and_uniformly_is_the_full_softmax(sparse_grad: bool, hybridize: bool) -> None:
    layer = make(hybridize=hybridize, num_sampled=V, sampler=UniformSampler(V), sparse_grad=sparse_grad)
    full = FullSoftmax(V, D)
    full.initialize()
    full.weight.set_data(layer.weight.data())
    full.bias.set_data(layer.bias.data().reshape(-1))
    sampled = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD)
    wanted = loss_and_gradients(full, HIDDEN, TARGET, OUT_GRAD)
    numpy.testing.assert_allclose(sampled[0], wanted[0], rtol=1e-5, atol=5e-6)
    numpy.testing.assert_allclose(sampled[1], wanted[1], rtol=1e-4, atol=1e-5)
    numpy.testing.assert_allclose(sampled[2]["weight"], wanted[2]["weight"], rtol=1e-4, atol=1e-5)
    numpy.testing.assert_allclose(sampled[2]["bias"][:, 0], wanted[2]["bias"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("unique", [False, True])
def test_the_gradient_tends_to_that_of_the_full_softmax(unique: bool, sampler: str) -> None:
    """Mean over draws; what is left of the distance is bias, which falls as the sample grows."""
    rng = numpy.random.default_rng(0)
    vocab_size, counts = 60, numpy.arange(120, 60, -1)
    one = {"log-uniform": None, "uniform": UniformSampler(60), "unigram": UnigramSampler(counts)}[sampler]
    hidden, target = rng.normal(size=(6, D)), rng.integers(0, vocab_size, 6)
    weight = rng.normal(size=(vocab_size, D)) * 0.7
    full = FullSoftmax(vocab_size, D)
    full.initialize()
    full.weight.set_data(np.array(weight))
    wanted = loss_and_gradients(full, hidden, target, numpy.ones(6))[2]["weight"]
    distances = []
    for num_sampled in (3, 12, 50):
        layer = SampledSoftmax(vocab_size, D, num_sampled, one, unique)
        layer.initialize()
        layer.weight.set_data(np.array(weight))
        total = numpy.zeros((vocab_size, D))
        for _ in range(200):
            layer.resample(rng)
            total += loss_and_gradients(layer, hidden, target, numpy.ones(6))[2]["weight"]
        distances.append(numpy.linalg.norm(total / 200 - wanted) / numpy.linalg.norm(wanted))
    assert distances[1] < 0.7 * distances[0]
    assert distances[2] < 0.7 * distances[1]
    assert distances[2] < 0.12


@pytest.mark.parametrize("hybridize", [False, True])
def test_outside_of_training_it_is_the_full_softmax(hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize)
    weight, bias = parameters_of(layer)
    odds = numpy.exp(HIDDEN.astype(numpy.float64) @ weight.T + bias)
    wanted = numpy.log(odds / odds.sum(axis=1, keepdims=True))
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(4, 2, D), ctx=ctx)
        log_prob = layer.log_prob(hidden).asnumpy().reshape(8, V)
        numpy.testing.assert_allclose(log_prob, wanted, rtol=2e-5, atol=5e-6)
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1, rtol=1e-5)
        losses = [layer(hidden, TARGET.reshape(4, 2)).asnumpy()]
        with autograd.record(train_mode=False):
            losses.append(layer(hidden, np.array(TARGET.reshape(4, 2), ctx=ctx)).asnumpy())
        for loss in losses:
            numpy.testing.assert_allclose(
                loss.reshape(8), -wanted[numpy.arange(8), TARGET], rtol=2e-5, atol=5e-6
            )
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy().reshape(8), wanted.argmax(axis=1))


def test_a_batch_cut_over_two_contexts_equals_the_whole() -> None:
    whole, cut = make(), make([mx.cpu(0), mx.cpu(1)])
    for layer in (whole, cut):
        layer.resample(numpy.random.default_rng(5))
    wanted = loss_and_gradients(whole, HIDDEN, TARGET, OUT_GRAD)
    parts = [
        loss_and_gradients(cut, HIDDEN[rows], TARGET[rows], OUT_GRAD[rows], mx.cpu(i))
        for i, rows in enumerate((slice(0, 5), slice(5, 8)))
    ]
    numpy.testing.assert_allclose(numpy.concatenate([p[0] for p in parts]), wanted[0], rtol=1e-5, atol=1e-6)
    for name, gradient in wanted[2].items():
        numpy.testing.assert_allclose(parts[0][2][name] + parts[1][2][name], gradient, rtol=1e-4, atol=1e-5)


def test_ignored_positions_cost_nothing_and_need_no_word() -> None:
    """Id 0, which stands in for an ignored target, may be one that is never drawn."""
    layer, plain = make(ignore_index=-1, num_sampled=4), make(num_sampled=4)
    for one in (layer, plain):
        one.exclude([0])
        one.resample(numpy.random.default_rng(3))
    kept = numpy.array([0, 1, 3, 4, 7])
    target = numpy.full(8, -1)
    target[kept] = TARGET[kept]
    wanted = loss_and_gradients(plain, HIDDEN[kept], TARGET[kept], OUT_GRAD[kept])
    loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, target, OUT_GRAD)
    assert not loss[target < 0].any() and not hidden_grad[target < 0].any()
    numpy.testing.assert_allclose(loss[kept], wanted[0], rtol=1e-5, atol=1e-6)
    for name, gradient in wanted[2].items():
        numpy.testing.assert_allclose(gradients[name], gradient, rtol=1e-5, atol=1e-6)
    weights = numpy.linspace(0, 2, 8)
    with autograd.train_mode():
        weighted = layer(np.array(HIDDEN), target, np.array(weights)).asnumpy()
    numpy.testing.assert_allclose(weighted, weights * loss, rtol=1e-6)


def test_a_target_that_is_never_drawn_is_named() -> None:
    layer = make(num_sampled=4)
    layer.exclude([5])
    with autograd.train_mode(), pytest.raises(
        ValueError, match=r"^target takes ids that the sampler draws.*; got 5 "
    ):
        layer(np.array(HIDDEN), TARGET)
    assert layer(np.array(HIDDEN), TARGET).shape == (8,)  # evaluation needs no sampler
    with autograd.train_mode():
        assert layer(np.array(HIDDEN[:4]), TARGET[:4]).shape == (4,)


def test_tied_weights_learn_from_both_ends() -> None:
    layer = make(sparse_grad=True, use_bias=False)
    embed = Embedding(V, D, weight=layer.weight)
    layer.resample(numpy.random.default_rng(2))
    candidates, num_tries = layer._candidates
    expected = layer._sampler.expected_count(numpy.arange(V), num_tries, True)
    weight, bias = parameters_of(layer)
    words = numpy.array([2, 7, 7, 1, 0, 3, 5, 8])
    with autograd.record():
        loss = layer(embed(words), TARGET)
    loss.backward()
    wanted = numeric_gradient(
        lambda w: slow_sampled_loss(w[words], w, bias, TARGET, candidates, expected, True).sum(), weight
    )
    gradient = layer.weight.grad().tostype("default").asnumpy()
    numpy.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("saved, loaded", [(False, True), (True, False)])
def test_save_and_load(saved: bool, loaded: bool, tmp_path: Path) -> None:
    nets = []
    for sparse_grad in (saved, loaded):
        net = nn.Sequential()
        net.add(SampledSoftmax(V, D, S, sparse_grad=sparse_grad))
        nets.append(net)
    nets[0].initialize(mx.init.Normal(1.0))
    nets[0].save_parameters(str(tmp_path / "sampled"))
    nets[1].load_parameters(str(tmp_path / "sampled"))
    assert list(nets[1]._collect_params_with_prefix()) == ["0.weight", "0.bias"]
    first, second = (net[0].log_prob(np.array(HIDDEN)).asnumpy() for net in nets)
    numpy.testing.assert_array_equal(first, second)


def test_counts_are_asked_about_their_order_only_by_a_log_uniform_sampler() -> None:
    falling = numpy.array([3, 40, 30, 25, 12, 9, 9, 3, 0])  # id 0 is exempt
    make(counts=falling)
    make(counts=COUNTS, sampler=UniformSampler(V))
    make(counts=COUNTS, sampler=UnigramSampler(COUNTS))
    for sampler in (None, LogUniformSampler(V)):
        said = r"^counts takes numbers that fall from id 1 on .*; got 3 for id 2 and 25 for id 3"
        with pytest.raises(ValueError, match=said):
            make(counts=COUNTS, sampler=sampler)
    falling[8] = 4
    with pytest.raises(ValueError, match="got 3 for id 7 and 4 for id 8"):
        make(counts=falling)
    with pytest.raises(ValueError, match=r"^counts takes 9 numbers, one a word; got 10$"):
        make(counts=numpy.arange(10, 0, -1))


def test_repr() -> None:
    layer = make(sparse_grad=True)
    assert repr(layer) == (
        "SampledSoftmax(5 -> 9, num_sampled=6, sampler=LogUniformSampler(9), unique=True, "
        "remove_accidental_hits=True, sparse_grad=True)"
    )
    layer.exclude([0])
    assert "sampler=LogUniformSampler(9), 1 excluded, unique" in repr(layer)


@pytest.mark.parametrize("sampler", ["log-uniform", "unigram", "uniform"])
@pytest.mark.parametrize("kind, batches", [(SkipGram, SkipGramPairs), (CBOW, CBOWBatches)])
def test_training_by_name(kind: Any, batches: Any, sampler: str) -> None:
    """Words 1 to 4 stand beside 5 to 8, always the same two: nothing is left to guess."""
    corpus = TinyCorpus([[1, 5], [2, 6], [3, 7], [4, 8]] * 20, V)
    options = {
        "sampler": sampler, "power": 0.75, "num_sampled": 5, "unique": sampler != "unigram",
        "remove_accidental_hits": True, "sparse_grad": True,
    }  # fmt: skip
    net = kind(V, 8, build_output_layer("sampled", corpus.counts, 8, options), sparse_grad=True)
    data, held_out = (batches(corpus, 16, 1, subsampling="none", held_out=h) for h in (False, True))
    history = train(net, data, 4, 0.1, progress="none", valid=held_out)
    assert history[0]["loss"] > 0.3
    assert history[-1]["valid_loss"] < 0.2
