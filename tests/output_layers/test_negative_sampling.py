"""Negative sampling beside a slow NumPy loop over the same noise, numeric gradients, and its expectation."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.reference import numeric_gradient, scatter_add, softplus

from gluon_softmax import NegativeSampling
from gluon_softmax.backend import autograd, mx, np

V, D, K = 9, 5, 3
COUNTS = numpy.array([40, 7, 0, 25, 3, 12, 1, 9, 30])
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=8).astype(numpy.float32)
TARGET = numpy.array(
    [1, 3, 3, 8, 5, 2, 0, 4], dtype=numpy.int32
)  # 2 is never noise, and may still be a target


def make(
    contexts: Any = None, hybridize: bool = False, num_noise_words: int = K, **kwargs: Any
) -> NegativeSampling:
    mx.random.seed(7)
    layer = NegativeSampling(COUNTS, D, num_noise_words, **kwargs)
    layer.initialize(mx.init.Normal(1.0), ctx=contexts)
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def noise_of(layer: NegativeSampling, target: numpy.ndarray, seed: int = 0) -> numpy.ndarray:
    """The noise that `resample` has fixed, (N, K), or that of the draw `seed`."""
    return layer.noise_words(target, seed if layer._seed is None else layer._seed)


def slow_loss(hidden: Any, weight: Any, target: Any, noise: Any) -> numpy.ndarray:
    """Equation 4 of Mikolov et al. 2013, one position and one noise word at a time."""
    losses = []
    for h, right, words in zip(hidden, target, noise):
        loss = -numpy.log(1 / (1 + numpy.exp(-weight[right] @ h)))
        for word in words:
            loss -= numpy.log(1 / (1 + numpy.exp(weight[word] @ h)))
        losses.append(loss)
    return numpy.array(losses)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_loss_and_gradients_are_those_of_a_loop(sparse_grad: bool, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, sparse_grad=sparse_grad)
    layer.resample(numpy.random.default_rng(4))
    weight = layer.weight.data(contexts[0]).asnumpy().astype(numpy.float64)
    noise = noise_of(layer, TARGET)
    for ctx in contexts:
        hidden = np.array(HIDDEN, ctx=ctx)
        hidden.attach_grad()
        with autograd.record():
            loss = layer(hidden, np.array(TARGET, ctx=ctx))
        loss.backward(np.array(OUT_GRAD, ctx=ctx))
        numpy.testing.assert_allclose(loss.asnumpy(), slow_loss(HIDDEN, weight, TARGET, noise), rtol=2e-5)
        numpy.testing.assert_allclose(
            hidden.grad.asnumpy(),
            numeric_gradient(lambda h: slow_loss(h, weight, TARGET, noise) @ OUT_GRAD, HIDDEN),
            rtol=1e-4, atol=1e-5,
        )  # fmt: skip
        gradient = layer.weight.grad(ctx)
        assert gradient.stype == ("row_sparse" if sparse_grad else "default")
        if sparse_grad:
            touched = numpy.unique(numpy.concatenate([TARGET, noise.ravel()]))
            numpy.testing.assert_array_equal(gradient.indices.asnumpy(), touched)
            gradient = gradient.tostype("default")
        numpy.testing.assert_allclose(
            gradient.asnumpy(),
            numeric_gradient(lambda w: slow_loss(HIDDEN, w, TARGET, noise) @ OUT_GRAD, weight),
            rtol=1e-4, atol=1e-5,
        )  # fmt: skip


@pytest.mark.parametrize("excluded", [[], [0], [0, 8, 3]])
def test_noise_is_never_the_target_nor_excluded(excluded: list[int]) -> None:
    layer = make(num_noise_words=400)
    if excluded:
        layer.exclude(excluded)
    target = numpy.arange(V)
    noise = layer.noise_words(target, 0)
    assert noise.shape == (V, 400)
    assert not (noise == target[:, None]).any()
    assert set(numpy.unique(noise)) == set(numpy.flatnonzero(COUNTS)) - set(excluded)


@pytest.mark.parametrize("target", [8, 0, 2])
def test_noise_has_the_distribution_without_the_target(target: int) -> None:
    """Over the noise words of one draw, and over one noise word of many draws."""
    wanted = COUNTS**0.75
    wanted[target] = 0
    wanted = wanted / wanted.sum() * 20_000
    layer = make()
    rng = numpy.random.default_rng(5)
    draws = [
        layer.noise_words(numpy.array([target]), int(rng.integers(2**63)))[0] for _ in range(20_000 // K + 1)
    ]
    for noise in make(num_noise_words=20_000).noise_words(numpy.array([target]), 7), numpy.concatenate(draws):
        seen = numpy.bincount(noise.ravel()[:20_000], minlength=V)
        chi_square = ((seen - wanted)[wanted > 0] ** 2 / wanted[wanted > 0]).sum()
        assert chi_square < 24.3  # 7 degrees of freedom or 6: exceeded once in a thousand seeds
        assert seen[wanted == 0].sum() == 0


def test_noise_depends_on_target_and_draw_alone() -> None:
    """So a batch cut over several contexts sees the noise of the whole."""
    layer = make(num_noise_words=20)
    whole = layer.noise_words(TARGET, 12345)
    for rows in ([0, 1, 2], [7, 3], [5]):
        numpy.testing.assert_array_equal(layer.noise_words(TARGET[rows], 12345), whole[rows])
    assert (whole != layer.noise_words(TARGET, 12346)).mean() > 0.4
    assert (whole[0] != whole[1]).mean() > 0.4


def test_power_is_that_of_the_noise() -> None:
    layer = make(power=0.0)
    probability = layer._sampler.prob(numpy.arange(V))
    numpy.testing.assert_allclose(probability[COUNTS > 0], 1 / 8)


def test_the_loss_has_the_exact_expectation() -> None:
    """K · E[softplus(u_n · h)] over n ~ counts^0.75 without the target, by summing over the vocabulary."""
    layer = make()
    weight = layer.weight.data().asnumpy().astype(numpy.float64)
    scores = HIDDEN @ weight.T  # (N, V)
    outside = COUNTS**0.75 * (numpy.arange(V) != TARGET[:, None])
    outside = outside / outside.sum(axis=1, keepdims=True)
    wanted = softplus(-scores[numpy.arange(8), TARGET]) + K * (outside * softplus(scores)).sum(axis=1)
    hidden, target = np.array(HIDDEN), np.array(TARGET)
    losses = []
    for seed in range(800):
        layer.resample(numpy.random.default_rng(seed))
        with autograd.train_mode():
            losses.append(layer(hidden, target).asnumpy())
    standard_error = numpy.std(losses, axis=0) / numpy.sqrt(len(losses))
    assert standard_error.max() < 0.2
    assert (abs(numpy.mean(losses, axis=0) - wanted) < 4 * standard_error).all()


def test_resample_fixes_the_noise_until_the_next_call() -> None:
    layer = make()
    hidden, target = np.array(HIDDEN), np.array(TARGET)

    def loss() -> numpy.ndarray:
        with autograd.train_mode():
            return layer(hidden, target).asnumpy()

    def resampled(seed: int) -> numpy.ndarray:
        layer.resample(numpy.random.default_rng(seed))
        return loss()

    first = resampled(0)
    numpy.testing.assert_array_equal(loss(), first)
    second = resampled(1)
    assert (second != first).any()
    numpy.testing.assert_array_equal(resampled(0), first)
    layer.resample(None)
    numpy.random.seed(3)
    anew = [loss() for _ in range(3)]
    assert (anew[0] != anew[1]).any() and (anew[1] != anew[2]).any()
    numpy.random.seed(3)
    numpy.testing.assert_array_equal(
        loss(), anew[0]
    )  # the global seed decides, so a notebook can be repeated


def test_outside_of_training_the_noise_has_a_fixed_seed() -> None:
    layer = make()
    hidden, target = np.array(HIDDEN), np.array(TARGET)
    losses = []
    for seed in range(3):
        layer.resample(numpy.random.default_rng(seed))
        losses.append(layer(hidden, target).asnumpy())
    layer.resample(None)
    losses.append(layer(hidden, target).asnumpy())
    with autograd.record(train_mode=False):
        losses.append(layer(hidden, target).asnumpy())
    for loss in losses:
        numpy.testing.assert_array_equal(loss, losses[0])
    noise = layer.noise_words(TARGET, 0)
    weight = layer.weight.data().asnumpy()
    numpy.testing.assert_allclose(losses[0], slow_loss(HIDDEN, weight, TARGET, noise), rtol=2e-5)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (2, 1, 3)])
def test_any_leading_shape(shape: tuple[int, ...], contexts: Any) -> None:
    layer = make(contexts, hybridize=True)
    layer.resample(numpy.random.default_rng(1))
    rng = numpy.random.default_rng(8)
    hidden = rng.normal(size=(*shape, D)).astype(numpy.float32)
    target = rng.integers(1, V, shape).astype(numpy.int32)
    noise = noise_of(layer, target.reshape(-1))
    weight = layer.weight.data(contexts[0]).asnumpy()
    wanted = slow_loss(hidden.reshape(-1, D), weight, target.reshape(-1), noise).reshape(shape)
    for ctx in contexts:
        with autograd.train_mode():
            loss = layer(np.array(hidden, ctx=ctx), np.array(target, dtype="int32", ctx=ctx))
        assert loss.shape == shape and loss.ctx == ctx
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=2e-5)


@pytest.mark.parametrize("train", [False, True])
def test_a_hidden_vector_of_zeros_costs_log_two_a_term(train: bool) -> None:
    layer = make()
    with autograd.train_mode() if train else autograd.predict_mode():
        loss = layer(np.zeros((8, D)), np.array(TARGET))
    numpy.testing.assert_allclose(loss.asnumpy(), (1 + K) * numpy.log(2), rtol=1e-6)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("excluded", [[], [0]])
def test_log_prob_and_predict(excluded: list[int], hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize)
    if excluded:
        layer.exclude(excluded)
    weight = layer.weight.data(contexts[0]).asnumpy().astype(numpy.float64)
    p = COUNTS**0.75
    p[excluded] = 0
    odds = p * numpy.exp(HIDDEN @ weight.T)
    wanted = odds / odds.sum(axis=1, keepdims=True)
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(2, 4, D), ctx=ctx)
        log_prob = layer.log_prob(hidden).asnumpy()
        assert log_prob.shape == (2, 4, V)
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=-1), 1, rtol=1e-5)
        numpy.testing.assert_allclose(numpy.exp(log_prob).reshape(8, V), wanted, rtol=2e-5, atol=1e-9)
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy().reshape(8), wanted.argmax(axis=1))
        assert layer.predict(hidden).dtype == numpy.int32


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_score(sparse_grad: bool, hybridize: bool) -> None:
    layer = make(hybridize=hybridize, sparse_grad=sparse_grad)
    ids = numpy.random.default_rng(6).integers(0, V, (8, 4)).astype(numpy.int32)
    out_grad = numpy.random.default_rng(7).normal(size=(8, 4)).astype(numpy.float32)
    weight = layer.weight.data().asnumpy()
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        scores = layer.score(hidden, np.array(ids))
    scores.backward(np.array(out_grad))
    numpy.testing.assert_allclose(
        scores.asnumpy(), numpy.einsum("bd,bld->bl", HIDDEN, weight[ids]), rtol=1e-4, atol=1e-5
    )
    numpy.testing.assert_allclose(
        hidden.grad.asnumpy(), numpy.einsum("bl,bld->bd", out_grad, weight[ids]), rtol=1e-4, atol=1e-5
    )
    gradient = layer.weight.grad()
    gradient = gradient.tostype("default") if sparse_grad else gradient
    rows = out_grad[:, :, None] * HIDDEN[:, None, :]
    numpy.testing.assert_allclose(gradient.asnumpy(), scatter_add(ids, rows, V), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("counts, error, said", [
    ([3, -1, 2], ValueError, "at least 0; got -1.0 for id 1"),
    ([3, float("nan"), 2], ValueError, "finite numbers"),
    ([3, float("inf"), 2], ValueError, "finite numbers"),
    ([0, 0, 0], ValueError, "at least one number above 0"),
    ([[1, 2], [3, 4]], ValueError, r"shape \(vocab_size,\); got shape \(2, 2\)"),
    ([], ValueError, "one number a word"),
    ([0, 5, 0], ValueError, "at least two words that can be drawn as noise; got 1"),
    (["a", "b"], TypeError, "a sequence of numbers"),
    (None, TypeError, "a sequence of numbers"),
])  # fmt: skip
def test_wrong_counts_are_named(counts: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^counts takes .*{said}"):
        NegativeSampling(counts, D)


@pytest.mark.parametrize("name, value, error", [
    ("in_units", 0, ValueError), ("in_units", 2.5, TypeError), ("num_noise_words", 0, ValueError),
    ("num_noise_words", None, TypeError), ("ignore_index", 1.5, TypeError),
    ("power", float("nan"), ValueError), ("power", "0.75", TypeError),
])  # fmt: skip
def test_wrong_numbers_are_named(name: str, value: Any, error: type) -> None:
    arguments: dict[str, Any] = {"in_units": D, name: value}
    with pytest.raises(error, match=f"^{name} takes"):
        NegativeSampling(COUNTS, **arguments)


@pytest.mark.parametrize("hidden, target, error, said", [
    ((2, D + 1), [1, 2], ValueError, rf"hidden takes shape \(\.\.\., {D}\), .*got \(2, {D + 1}\)"),
    ((2, D), [1, V], ValueError, rf"target takes ids in \[0, {V}\); got {V}"),
    ((2, D), [-1, 1], ValueError, r"target takes ids .* got -1"),
    ((2, D), [1.0, 2.0], TypeError, "target takes integer ids"),
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


@pytest.mark.parametrize("ids, error, said", [
    (numpy.zeros((2, 3)), TypeError, "ids takes integer ids"),
    (numpy.full((2, 3), V), ValueError, "ids takes ids in"),
    (numpy.zeros((3, 3), dtype=int), ValueError, "ids without its last axis takes the sizes of hidden"),
])  # fmt: skip
def test_wrong_ids_to_score_are_named(ids: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make().score(np.zeros((2, D)), ids)


def test_excluding_all_but_one_word_is_refused_and_changes_nothing() -> None:
    layer = make()
    with pytest.raises(ValueError, match="at least two words that can be drawn as noise; got 1 beside"):
        layer.exclude(numpy.delete(numpy.arange(V), 5))
    with pytest.raises(ValueError, match=rf"^ids takes ids in \[0, {V}\)"):
        layer.exclude([V])
    assert layer._sampler.num_classes == 8


def test_one_word_with_nearly_all_of_the_noise_is_an_error_and_no_endless_loop() -> None:
    layer = NegativeSampling([1e300, 1e-300], D, K)
    layer.initialize()
    with autograd.train_mode(), pytest.raises(ValueError, match=r"^counts takes a second word"):
        layer(np.zeros((2, D)), numpy.zeros(2, dtype=int))


def test_repr_and_parameters() -> None:
    layer = make()
    assert repr(layer) == "NegativeSampling(5 -> 9, num_noise_words=3, power=0.75, sparse_grad=False)"
    assert "sparse_grad=True" in repr(make(sparse_grad=True))
    assert list(layer._collect_params_with_prefix()) == ["weight"]
    assert list(layer.collect_params().values()) == [layer.weight]
    numpy.testing.assert_array_equal(
        make(sparse_grad=True).weight.data().asnumpy(), layer.weight.data().asnumpy()
    )


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
