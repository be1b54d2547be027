"""Sampled softmax beside TensorFlow's formula one position at a time, and the full softmax it tends to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.candidate_reference import (
    check_loss_and_gradients,
    loss_and_gradients,
    parameters_of,
    slow_sampled_loss,
)
from oracles.reference import TinyCorpus, numeric_gradient
from oracles.sampled_reference import COUNTS, HIDDEN, OUT_GRAD, SAMPLERS, TARGET, D, S, V, known, make

from gluon_softmax import (
    CBOW,
    CBOWBatches,
    Embedding,
    LogUniformSampler,
    SampledSoftmax,
    SkipGram,
    SkipGramPairs,
    UniformSampler,
    UnigramSampler,
    train,
)
from gluon_softmax.backend import autograd, mx, nn, np
from gluon_softmax.output_layers.candidates import hit_places
from gluon_softmax.runs.layers import build_output_layer


@settings(max_examples=50, deadline=None)
@given(
    target=st.lists(st.integers(0, 6), min_size=1, max_size=8),
    candidates=st.lists(st.integers(0, 6), min_size=1, max_size=8),
)
def test_hits_are_found(target: list[int], candidates: list[int]) -> None:
    wanted = [(i, j) for i, word in enumerate(target) for j, other in enumerate(candidates) if word == other]
    places = hit_places(numpy.array(target), numpy.array(candidates))
    assert places.shape == (2, len(wanted)) and list(zip(*places.tolist())) == wanted


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

    def slow(hidden: Any, weight: Any, bias: Any) -> Any:
        return slow_sampled_loss(hidden, weight, bias, TARGET, candidates, expected, remove)

    touched = numpy.union1d(TARGET, candidates) if sparse_grad else None
    check_loss_and_gradients(layer, contexts, slow, HIDDEN, TARGET, OUT_GRAD, touched)


def test_a_batch_split_over_two_contexts_equals_the_whole() -> None:
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
    """Id 0, which replaces an ignored target, may be one that is never drawn."""
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


def test_the_order_of_counts_is_checked_only_for_a_log_uniform_sampler() -> None:
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
    with pytest.raises(ValueError, match=r"^counts takes 9 numbers, one per word; got 10$"):
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
    """Each of the words 1 to 4 is beside one of 5 to 8, always the same one: nothing is left to guess."""
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
