"""In-batch softmax beside its formula, a position at a time, and TensorFlow Recommenders' matrices."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.candidate_reference import (
    check_loss_and_gradients,
    loss_and_gradients,
    made_ready,
    parameters_of,
)
from oracles.reference import numeric_gradient

from gluon_softmax import CBOW, Embedding, InBatchSoftmax, LanguageModel, SampledSoftmax, SkipGram
from gluon_softmax.backend import autograd, gluon, mx, np

V, D, N = 9, 5, 8
COUNTS = numpy.array([40, 7, 3, 25, 3, 12, 0, 9, 30])
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(N, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=N).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8, 5, 3, 0, 8], dtype=numpy.int32)  # 3 three times, 8 twice


def make(contexts: Any = None, hybridize: bool = False, counts: Any = COUNTS, **kwargs: Any) -> Any:
    mx.random.seed(7)
    layer = InBatchSoftmax(counts, D, weight_initializer=mx.init.Normal(1.0), **kwargs)
    return made_ready(layer, contexts, hybridize)


def slow_loss(
    hidden: Any, weight: Any, bias: Any, target: Any, remove: bool = True, correct: bool = True
) -> numpy.ndarray:
    """One position and one column at a time."""
    losses = []
    for i, h in enumerate(numpy.asarray(hidden, dtype=numpy.float64)):
        total, right = 0.0, 0.0
        for j, word in enumerate(target):
            score = sum(weight[word][k] * h[k] for k in range(D)) + bias[word]
            if correct:
                score -= numpy.log(COUNTS[word] / COUNTS.sum())
            if j == i:
                right = score
            elif word == target[i] and remove:
                continue
            total += numpy.exp(score)
        losses.append(numpy.log(total) - right)
    return numpy.array(losses)


def recommenders_loss(queries: Any, candidates: Any, probability: Any, ids: Any, remove: bool) -> Any:
    """``tfrs.tasks.Retrieval`` by whole matrices.

    The labels are the identity; scores less the logarithm of ``candidate_sampling_probability``; where two
    columns have one id, all but the label's own get a hundredth of the lowest float; then a cross-entropy.
    """
    labels = numpy.eye(len(queries))
    scores = queries @ candidates.T - numpy.log(probability)
    if remove:
        duplicates = (ids[:, None] == ids[None, :]) - labels
        scores = scores + duplicates * numpy.finfo(numpy.float32).min / 100
    shifted = scores - scores.max(axis=1, keepdims=True)
    return -(labels * (shifted - numpy.log(numpy.exp(shifted).sum(axis=1, keepdims=True)))).sum(axis=1)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("kwargs", [
    {}, {"remove_accidental_hits": False}, {"subtract_log_q": False}, {"use_bias": False},
    {"remove_accidental_hits": False, "subtract_log_q": False},
], ids=str)  # fmt: skip
def test_loss_and_gradients(kwargs: Any, sparse_grad: bool, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, sparse_grad=sparse_grad, **kwargs)
    remove, correct = kwargs.get("remove_accidental_hits", True), kwargs.get("subtract_log_q", True)

    def slow(hidden: Any, weight: Any, bias: Any) -> Any:
        return slow_loss(hidden, weight, bias, TARGET, remove, correct)

    touched = numpy.unique(TARGET) if sparse_grad else None
    check_loss_and_gradients(layer, contexts, slow, HIDDEN, TARGET, OUT_GRAD, touched)


@settings(max_examples=30, deadline=None)
@given(target=st.lists(st.sampled_from(numpy.flatnonzero(COUNTS)), min_size=1, max_size=N))
@pytest.mark.parametrize("remove", [False, True])
def test_losses_of_tensorflow_recommenders(remove: bool, target: list[int]) -> None:
    layer, ids = make(use_bias=False, remove_accidental_hits=remove), numpy.array(target)
    rows = layer.weight.data().asnumpy().astype(numpy.float64)[ids]
    hidden, share = HIDDEN[: ids.size], COUNTS / COUNTS.sum()
    with autograd.train_mode():
        loss = layer(np.array(hidden), ids).asnumpy()
    wanted = recommenders_loss(hidden.astype(numpy.float64), rows, share[ids], ids, remove)
    numpy.testing.assert_allclose(loss, wanted, rtol=2e-5, atol=5e-6)


def test_candidates_that_are_every_other_word_once_are_the_full_softmax() -> None:
    """Where each word is in the batch once and is counted once, log Q is one constant."""
    layer = InBatchSoftmax(numpy.ones(V), D)
    layer.initialize(mx.init.Normal(1.0))
    hidden, target = np.array(RNG.normal(size=(V, D)), dtype="float32"), numpy.arange(V)[::-1].copy()
    with autograd.train_mode():
        loss = layer(hidden, target).asnumpy()
    numpy.testing.assert_allclose(loss, layer(hidden, target).asnumpy(), rtol=1e-5, atol=1e-6)


def test_with_log_q_and_all_copies_the_gradient_tends_to_that_of_the_full_softmax() -> None:
    """The mean gradient of one hidden vector over batches of 400 other targets, drawn from `counts`.

    A batch has the target's own copies in proportion to Q too. Without them the softmax is over the other
    words alone, and without log Q over words that were weighted by it.
    """
    counts = numpy.array([50, 20, 10, 8, 6, 3, 2, 1, 1])
    drawn = numpy.random.default_rng(3).choice(V, size=(100, 400), p=counts / counts.sum())
    errors = []
    for remove, correct in ((False, True), (True, True), (False, False)):
        layer = make(counts=counts, remove_accidental_hits=remove, subtract_log_q=correct)
        hidden = np.array(HIDDEN[:1])
        word = layer.predict(hidden).asnumpy()  # so that much depends on its copies
        hidden.attach_grad()
        with autograd.record(train_mode=False):
            loss = layer(hidden, word)
        loss.backward()
        full = hidden.grad.asnumpy().copy()
        mean = numpy.zeros_like(full)
        for others in drawn:
            with autograd.record():
                batch = np.concatenate([hidden, np.zeros((others.size, D))])
                loss = layer(batch, numpy.concatenate([word, others]))[:1]
            loss.backward()
            mean += hidden.grad.asnumpy() / len(drawn)
        errors.append(numpy.linalg.norm(mean - full) / numpy.linalg.norm(full))
    assert errors[0] < 0.05 < 0.2 < min(errors[1:]), errors


def test_a_common_factor_of_the_counts_changes_nothing() -> None:
    """Q is a share: that a batch has N candidates adds log N to every score, and cancels."""
    one, ten = make(), make(counts=10 * COUNTS)
    wanted = loss_and_gradients(one, HIDDEN, TARGET, OUT_GRAD)
    found = loss_and_gradients(ten, HIDDEN, TARGET, OUT_GRAD)
    numpy.testing.assert_allclose(found[0], wanted[0], rtol=1e-5)


def test_outside_of_training_it_is_the_full_softmax() -> None:
    layer = make()
    weight, bias = parameters_of(layer)
    loss = layer(np.array(HIDDEN), TARGET).asnumpy()
    scores = HIDDEN @ weight.T + bias
    wanted = numpy.log(numpy.exp(scores).sum(axis=1)) - scores[numpy.arange(N), TARGET]
    numpy.testing.assert_allclose(loss, wanted, rtol=1e-5, atol=1e-5)
    twin = SampledSoftmax(V, D, 3)
    twin.initialize()
    twin.weight.set_data(layer.weight.data())
    twin.bias.set_data(layer.bias.data())
    for ask in ("log_prob", "predict"):
        one, other = (getattr(each, ask)(np.array(HIDDEN)).asnumpy() for each in (layer, twin))
        numpy.testing.assert_array_equal(one, other)


def test_the_bias_begins_at_the_unigram() -> None:
    layer = InBatchSoftmax(COUNTS, D)
    layer.initialize()
    probability = np.exp(layer.log_prob(np.zeros((1, D)))).asnumpy()[0]
    smoothed = numpy.maximum(COUNTS, 0.5)
    numpy.testing.assert_allclose(probability, smoothed / smoothed.sum(), rtol=1e-5)


def test_ignored_positions_cost_nothing_and_are_nobodys_candidates() -> None:
    layer, plain = make(ignore_index=-1), make()
    kept = numpy.array([0, 1, 3, 5, 6])
    target = numpy.full(N, -1)
    target[kept] = TARGET[kept]
    wanted = loss_and_gradients(plain, HIDDEN[kept], TARGET[kept], OUT_GRAD[kept])
    loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, target, OUT_GRAD)
    assert not loss[target < 0].any() and not hidden_grad[target < 0].any()
    numpy.testing.assert_allclose(loss[kept], wanted[0], rtol=1e-5, atol=1e-6)
    numpy.testing.assert_allclose(hidden_grad[kept], wanted[1], rtol=1e-5, atol=1e-6)
    for name, gradient in wanted[2].items():
        numpy.testing.assert_allclose(gradients[name], gradient, rtol=1e-5, atol=1e-6)
    loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, numpy.full(N, -1), OUT_GRAD)
    for array in (loss, hidden_grad, *gradients.values()):
        assert not array.any()


def test_a_position_of_weight_zero_is_still_a_candidate() -> None:
    layer, weights = make(), numpy.array([0, 1, 2, 0.5, 1, 0, 1, 1], dtype=numpy.float32)
    with autograd.train_mode():
        weighted = layer(np.array(HIDDEN), TARGET, weights).asnumpy()
        plain = layer(np.array(HIDDEN), TARGET).asnumpy()
    numpy.testing.assert_allclose(weighted, weights * plain, rtol=1e-6)


def test_a_batch_of_one_word_has_nothing_to_tell_it_from() -> None:
    layer = make()
    for size in (1, 3):
        loss, hidden_grad, _ = loss_and_gradients(layer, HIDDEN[:size], [3] * size, OUT_GRAD[:size])
        numpy.testing.assert_allclose(loss, 0, atol=1e-5)
        numpy.testing.assert_allclose(hidden_grad, 0, atol=1e-5)


def test_a_batch_over_two_contexts_is_two_batches() -> None:
    layer = make([mx.cpu(0), mx.cpu(1)])
    weight, bias = parameters_of(layer)
    for i, rows in enumerate((slice(0, 5), slice(5, 8))):
        loss, _, _ = loss_and_gradients(layer, HIDDEN[rows], TARGET[rows], OUT_GRAD[rows], mx.cpu(i))
        wanted = slow_loss(HIDDEN[rows], weight, bias, TARGET[rows])
        numpy.testing.assert_allclose(loss, wanted, rtol=2e-5, atol=5e-6)


def test_a_target_without_a_count_is_named_in_training() -> None:
    layer = make()
    target = TARGET.copy()
    target[2] = 6
    said = r"^target takes ids with a count above 0, since its Q\(target\) is divided by; got 6, "
    with autograd.train_mode(), pytest.raises(ValueError, match=said):
        layer(np.array(HIDDEN), target)
    assert layer(np.array(HIDDEN), target).shape == (N,)  # evaluation divides by no Q
    with autograd.train_mode():
        assert make(ignore_index=6)(np.array(HIDDEN), target).shape == (N,)


def test_steps_queued_ahead_train_as_steps_that_are_waited_for() -> None:
    tables = []
    for wait in (True, False):
        layer = make(sparse_grad=True)
        vectors = gluon.Parameter("vectors", shape=(N, D))
        vectors.initialize(mx.init.Zero())
        trainer = gluon.Trainer([*layer.collect_params().values(), vectors], "adam", {"learning_rate": 0.1})
        for step in range(8):
            target = numpy.roll(TARGET, step)[::-1].copy()
            with autograd.record():
                losses = layer(vectors.data(), target) * np.array(numpy.linspace(0.5, 2, N), dtype="float32")
            losses.backward()
            trainer.step(N)
            if wait:
                mx.nd.waitall()
        tables.append([p.data().asnumpy() for p in (layer.weight, layer.bias, vectors)])
    for one, other in zip(*tables):
        numpy.testing.assert_array_equal(one, other)


def test_it_tops_every_model_and_shares_a_table() -> None:
    ids = numpy.array([1, 3, 5, 8])
    counts = COUNTS + 1
    with autograd.record():
        losses = [
            net_of(SkipGram(V, D, InBatchSoftmax(counts, D)))(ids, ids[::-1].copy()),
            net_of(CBOW(V, D, InBatchSoftmax(counts, D)))(ids[:, None], numpy.ones((4, 1)), ids),
            net_of(LanguageModel(V, D, D, InBatchSoftmax(counts, D), tie_weights=True))(
                ids[:, None], ids[:, None]
            )[0],
        ]
    for loss in losses:
        loss.backward()
        assert loss.size == 4 and (loss.asnumpy() > 0).all()


def net_of(net: Any) -> Any:
    net.initialize(mx.init.Normal(0.5))
    return net


def test_tied_weights_learn_from_both_ends() -> None:
    layer = make(sparse_grad=True, use_bias=False)
    embed = Embedding(V, D, weight=layer.weight)
    weight, bias = parameters_of(layer)
    words = numpy.array([2, 7, 7, 1, 0, 3, 5, 8])
    with autograd.record():
        loss = layer(embed(words), TARGET)
    loss.backward()
    wanted = numeric_gradient(lambda w: slow_loss(w[words], w, bias, TARGET).sum(), weight)
    gradient = layer.weight.grad().tostype("default").asnumpy()
    numpy.testing.assert_allclose(gradient, wanted, rtol=1e-4, atol=2e-5)


def test_repr() -> None:
    shown = "InBatchSoftmax(5 -> 9, remove_accidental_hits=True, subtract_log_q=True, sparse_grad=False)"
    assert repr(make()) == shown
