"""The noise of negative sampling: its distribution, what it depends on, and which words it leaves out."""

from __future__ import annotations

import numpy
import pytest
from oracles.noise_reference import COUNTS, HIDDEN, TARGET, D, K, V, make, slow_loss
from oracles.reference import softplus

from gluon_softmax import NegativeSampling
from gluon_softmax.backend import autograd, np


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
    """So a batch split over several contexts sees the noise of the whole batch."""
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
