"""NCE beside TensorFlow's formula one position at a time, and beside the distribution it must find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.candidate_reference import (
    FixedSampler,
    check_loss_and_gradients,
    loss_and_gradients,
    made_ready,
    parameters_of,
    slow_nce_loss,
    tensorflow_arrays,
)
from oracles.reference import TinyCorpus

from gluon_softmax import (
    CBOW,
    NCE,
    CBOWBatches,
    LogUniformSampler,
    SkipGram,
    SkipGramPairs,
    UniformSampler,
    train,
)
from gluon_softmax.backend import autograd, gluon, mx, nn, np
from gluon_softmax.output_layers.nce import count_hits
from gluon_softmax.runs.layers import build_output_layer

V, D, S = 9, 5, 6
COUNTS = numpy.array([40, 7, 0, 25, 3, 12, 1, 9, 30])
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=8).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8, 5, 7, 0, 4], dtype=numpy.int32)


def make(contexts: Any = None, hybridize: bool = False, num_sampled: int = S, **kwargs: Any) -> NCE:
    mx.random.seed(7)
    layer = NCE(COUNTS, D, num_sampled, weight_initializer=mx.init.Normal(1.0), **kwargs)
    return made_ready(layer, contexts, hybridize)


def known(**kwargs: Any) -> tuple[NCE, Any, Any]:
    """The layer, hidden and target of TensorFlow's own formula in NumPy, its candidates 1, 0, 2, 3."""
    weight, bias, hidden, target = tensorflow_arrays()
    layer = NCE(numpy.ones(5), 10, 4, sampler=FixedSampler([1, 0, 2, 3], [0.5] * 5), **kwargs)
    layer.initialize()
    layer.weight.set_data(np.array(weight))
    layer.bias.set_data(np.array(bias[:, None]))
    return layer, hidden, target


def test_scores_of_tensorflow() -> None:
    layer, hidden, target = known()
    ids = numpy.concatenate([[1, 0, 2, 3], target])
    vectors = np.array(hidden)
    inputs = layer._rows_and_shift(ids, numpy.full(7, -numpy.log(0.5)), vectors)
    sampled, right = layer._scores(mx, vectors, *inputs)
    logits = [float(right[0]), *sampled[0].tolist()]
    numpy.testing.assert_allclose(logits, [-0.53326, -0.05626, -0.53326, -2.23035, -0.19203], atol=6e-6)


@settings(max_examples=50, deadline=None)
@given(
    target=st.lists(st.integers(0, 6), min_size=1, max_size=8),
    candidates=st.lists(st.integers(0, 6), min_size=1, max_size=8),
)
def test_hits_are_counted(target: list[int], candidates: list[int]) -> None:
    wanted = [candidates.count(word) for word in target]
    assert count_hits(numpy.array(target), numpy.array(candidates)).tolist() == wanted


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_losses_of_tensorflow(sparse_grad: bool, hybridize: bool) -> None:
    """``tf.nn.nce_loss``'s formula in NumPy, ``np.random.seed(0)``, all expected counts 0.5, hits kept."""
    layer, hidden, target = known(sparse_grad=sparse_grad)
    if hybridize:
        layer.hybridize(static_alloc=True)
    loss, _, _ = loss_and_gradients(layer, hidden, target, numpy.ones(3))
    numpy.testing.assert_allclose(loss, [2.825806, 4.566373, 5.566518], rtol=1e-6)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("kwargs", [
    {}, {"remove_accidental_hits": True}, {"use_bias": False}, {"unique": True},
    {"unique": True, "remove_accidental_hits": True}, {"subtract_log_q": False}, {"log_partition": 2.5},
    {"sampler": LogUniformSampler(V)},
], ids=str)  # fmt: skip
def test_loss_and_gradients(kwargs: Any, sparse_grad: bool, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, sparse_grad=sparse_grad, **kwargs)
    layer.resample(numpy.random.default_rng(2))
    candidates, num_tries = layer._candidates
    assert kwargs.get("unique") or len(set(candidates)) < S  # with repeats
    assert set(candidates) & set(TARGET) and set(TARGET) - set(candidates)
    with numpy.errstate(divide="ignore"):
        log_q = numpy.log(layer._sampler.expected_count(numpy.arange(V), num_tries, layer.unique))
    shift = -kwargs.get("log_partition", 0.0) - (
        log_q if kwargs.get("subtract_log_q", True) else numpy.zeros(V)
    )

    def slow(hidden: Any, weight: Any, bias: Any) -> Any:
        remove = kwargs.get("remove_accidental_hits", False)
        return slow_nce_loss(hidden, weight, bias, TARGET, candidates, shift, remove)

    touched = numpy.union1d(TARGET, candidates) if sparse_grad else None
    check_loss_and_gradients(layer, contexts, slow, HIDDEN, TARGET, OUT_GRAD, touched)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("subtract_log_q", [False, True])
def test_log_prob_and_predict(subtract_log_q: bool, use_bias: bool, hybridize: bool, contexts: Any) -> None:
    """Scores are log p up to the partition constant; where log Q was left out they are log p - log Q.

    Nothing teaches the score of a word that is never noise: its count, half an occurrence, stands for it.
    """
    layer = make(contexts, hybridize, subtract_log_q=subtract_log_q, use_bias=use_bias, log_partition=1.5)
    weight, bias = parameters_of(layer)
    noise = numpy.maximum(COUNTS, 0.5)
    untaught = 1 if use_bias else 0.5 / COUNTS.sum() * numpy.exp(1.5)  # the bias starts there by itself
    factor = numpy.where(COUNTS > 0, 1, untaught) if subtract_log_q else noise
    odds = numpy.exp(HIDDEN.astype(numpy.float64) @ weight.T + bias) * factor
    wanted = odds / odds.sum(axis=1, keepdims=True)
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(2, 4, D), ctx=ctx)
        p = numpy.exp(layer.log_prob(hidden).asnumpy()).reshape(8, V)
        numpy.testing.assert_allclose(p, wanted, rtol=3e-5, atol=1e-9)
        numpy.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy().reshape(8), wanted.argmax(axis=1))


def test_outside_of_training_the_noise_has_a_fixed_seed() -> None:
    layer = make()
    hidden = np.array(HIDDEN)
    losses = []
    for seed in range(3):
        layer.resample(numpy.random.default_rng(seed))
        losses.append(layer(hidden, TARGET).asnumpy())
    layer.resample(None)
    losses.append(layer(hidden, TARGET).asnumpy())
    with autograd.record(train_mode=False):
        losses.append(layer(hidden, TARGET).asnumpy())
    for loss in losses:
        numpy.testing.assert_array_equal(loss, losses[0])
    candidates = layer._sampler.sample(S, rng=0)
    weight, bias = parameters_of(layer)
    with numpy.errstate(divide="ignore"):
        shift = -numpy.log(S * COUNTS / COUNTS.sum())
    wanted = slow_nce_loss(HIDDEN, weight, bias, TARGET, candidates, shift, False)
    numpy.testing.assert_allclose(losses[0], wanted, rtol=2e-5)


@pytest.mark.parametrize("kwargs", [{}, {"sampler": UniformSampler(V)}, {"log_partition": 2.0}], ids=str)
def test_the_scores_become_normalised_log_probabilities(kwargs: Any) -> None:
    """Gutmann and Hyvarinen: at the optimum exp(score - log Z) is p(w | h) itself, and sums to one."""
    rng = numpy.random.default_rng(0)
    p = numpy.array(
        [[0.3, 0.2, 0, 0.1, 0.1, 0.1, 0.05, 0.1, 0.05], [0.05, 0.05, 0, 0.5, 0.1, 0.1, 0.1, 0.05, 0.05]]
    )
    layer = NCE([40, 20, 0, 25, 15, 12, 10, 9, 30], 2, 8, **kwargs)
    layer.initialize(mx.init.Zero())
    trainer = gluon.Trainer(layer.collect_params(), "adam", {"learning_rate": 0.05})
    state = numpy.repeat([0, 1], 400)
    hidden = np.array(numpy.eye(2, dtype=numpy.float32)[state])
    for step in range(300):
        trainer.set_learning_rate(0.05 * (1 - step / 300))
        target = numpy.concatenate([rng.choice(V, 400, p=row) for row in p])
        layer.resample(rng)
        with autograd.record():
            loss = layer(hidden, target)
        loss.backward()
        trainer.step(800)
    weight, bias = parameters_of(layer)
    found = numpy.exp(weight.T + bias - kwargs.get("log_partition", 0.0))  # (2, V)
    seen = p[0] > 0
    numpy.testing.assert_allclose(found[:, seen], p[:, seen], rtol=0.2, atol=0.015)
    assert abs(found[:, seen].sum(axis=1) - 1).max() < 0.1


def test_a_target_that_is_never_noise_has_a_first_term_of_zero() -> None:
    layer = make()
    layer.resample(numpy.random.default_rng(2))
    right = numpy.array([2])
    loss, _, gradients = loss_and_gradients(layer, HIDDEN[:1], right, [1.0])
    weight, bias = parameters_of(layer)
    candidates = layer._candidates.ids
    with numpy.errstate(divide="ignore"):
        shift = -numpy.log(S * COUNTS / COUNTS.sum())
    numpy.testing.assert_allclose(
        loss, slow_nce_loss(HIDDEN[:1], weight, bias, right, candidates, shift, False), rtol=2e-5
    )
    assert numpy.isfinite(gradients["weight"]).all() and not gradients["weight"][2].any()


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


def test_ignored_positions_and_weights_of_positions() -> None:
    layer, plain = make(ignore_index=-1), make()
    for one in (layer, plain):
        one.resample(numpy.random.default_rng(3))
    target = numpy.where(numpy.arange(8) % 3, TARGET, -1)
    weights = numpy.linspace(0.5, 2, 8)
    factor = weights * (target >= 0)
    wanted = loss_and_gradients(plain, HIDDEN, TARGET, factor)
    with autograd.record():
        loss = layer(np.array(HIDDEN), target, np.array(weights))
    loss.backward()
    numpy.testing.assert_allclose(loss.asnumpy(), wanted[0] * factor, rtol=1e-6)
    numpy.testing.assert_allclose(layer.weight.grad().asnumpy(), wanted[2]["weight"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("saved, loaded", [(False, True), (True, False)])
def test_save_and_load(saved: bool, loaded: bool, tmp_path: Path) -> None:
    nets = []
    for sparse_grad in (saved, loaded):
        net = nn.Sequential()
        net.add(NCE(COUNTS, D, S, sparse_grad=sparse_grad))
        nets.append(net)
    nets[0].initialize(mx.init.Normal(1.0))
    nets[0].save_parameters(str(tmp_path / "nce"))
    nets[1].load_parameters(str(tmp_path / "nce"))
    first, second = (net[0](np.array(HIDDEN), TARGET).asnumpy() for net in nets)
    numpy.testing.assert_array_equal(first, second)


def test_repr() -> None:
    assert repr(make(log_partition=9)) == (
        "NCE(5 -> 9, num_sampled=6, sampler=UnigramSampler(9 ids, 8 of them drawn, power=1), unique=False, "
        "remove_accidental_hits=False, sparse_grad=False, subtract_log_q=True, log_partition=9)"
    )


@pytest.mark.parametrize("kwargs, error, said", [
    ({"counts": [0, 0]}, ValueError, "counts takes at least one number above 0"),
    ({"counts": None}, TypeError, "counts takes a sequence of numbers"),
    ({"power": float("nan")}, ValueError, "power takes"), ({"power": "1"}, TypeError, "power takes"),
    ({"log_partition": float("inf")}, ValueError, "log_partition takes"),
    ({"log_partition": None}, TypeError, "log_partition takes"),
])  # fmt: skip
def test_wrong_arguments_are_named(kwargs: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        NCE(**{"counts": COUNTS, "in_units": D, "num_sampled": 2, **kwargs})


@pytest.mark.parametrize("kind, batches", [(SkipGram, SkipGramPairs), (CBOW, CBOWBatches)])
def test_training_by_name(kind: Any, batches: Any) -> None:
    """Each of the words 1 to 4 is beside one of 5 to 8, always the same one: nothing is left to guess."""
    corpus = TinyCorpus([[1, 5], [2, 6], [3, 7], [4, 8]] * 20, V)
    options = {"num_sampled": 8, "power": 1.0, "log_partition": 0.0, "sparse_grad": True}
    net = kind(V, 8, build_output_layer("nce", corpus.counts, 8, options), sparse_grad=True)
    data, held_out = (batches(corpus, 16, 1, subsampling="none", held_out=h) for h in (False, True))
    history = train(net, data, 10, 0.1, progress="none", valid=held_out)
    # 8 draws give each of the 8 words once on average, so even the best model leaves 2 log 2
    assert 1.3 < history[-1]["valid_loss"] < 1.7 < history[0]["loss"]
    words = numpy.arange(1, 9)
    hidden = net.embed(words) if kind is SkipGram else net.embed(words[:, None])[:, 0]
    partner = (words + 3) % 8 + 1
    numpy.testing.assert_array_equal(net.output_layer.predict(hidden).asnumpy(), partner)
