"""One step beside NumPy, its learning rate, its candidates, and what the net's own steps take."""

from __future__ import annotations

import dataclasses

import numpy
import pytest
from oracles.reference import scatter_add, sigmoid
from oracles.small_training import CORPUS, Fixed, Rows, V, X, make_net, pairs, quiet, weights

from gluon_softmax import CBOW, NegativeSampling, SkipGramBlocks
from gluon_softmax.backend import gluon, mx
from gluon_softmax.training.trainer import StepOptions, check_in_place, initialize, resample
from gluon_softmax.utils.randomness import derive_rng
from gluon_softmax.utils.types import Metrics


def test_one_step_of_skip_gram_is_that_of_numpy() -> None:
    """The gradient of −log σ is (σ − label) times the other vector, over the positions of the batch."""
    net = make_net()
    mx.random.seed(1)
    net.initialize(mx.init.Normal(1.0))
    embed, output = (weight.astype(numpy.float64) for weight in weights(net))
    batch = next(pairs(held_out=True).epoch(0))
    quiet(net, Fixed([batch], len(batch.center)), 1, 0.5, "sgd", seed=4)
    net.output_layer.resample(derive_rng(4, 0, 0, "noise"))
    words = numpy.column_stack(
        [batch.context, net.output_layer.noise_words(batch.context, net.output_layer._seed)]
    )
    label = numpy.array([1, 0, 0, 0])
    hidden = embed[batch.center]
    slope = (sigmoid(numpy.einsum("bd,bld->bl", hidden, output[words])) - label) / len(words)  # (B, 4)
    output_gradient = scatter_add(words, slope[:, :, None] * hidden[:, None], V)
    embed_gradient = scatter_add(batch.center, numpy.einsum("bl,bld->bd", slope, output[words]), V)
    for got, before, gradient in zip(weights(net), (embed, output), (embed_gradient, output_gradient)):
        numpy.testing.assert_allclose(got, before - 0.5 * gradient, rtol=1e-4, atol=1e-5)


def rates_of(
    monkeypatch: pytest.MonkeyPatch, schedule: str, expected: float
) -> tuple[list[float], list[Metrics]]:
    rates: list[float] = []
    step = gluon.Trainer.step

    def spy(self: gluon.Trainer, batch_size: int) -> None:
        rates.append(self.learning_rate)
        step(self, batch_size)

    monkeypatch.setattr(gluon.Trainer, "step", spy)
    history = quiet(Rows(), Fixed([(x,) for x in X], expected), 4, 0.5, "sgd", schedule=schedule)
    return rates, history


def test_learning_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, history = rates_of(monkeypatch, "linear", 13)
    done = [(epoch + before / 13) / 4 for epoch in range(4) for before in (0, 7, 12)]
    numpy.testing.assert_allclose(rates, 0.5 * (1 - numpy.array(done)))
    assert rates[0] == 0.5 and [m["lr"] for m in history] == rates[2::3]


def test_learning_rates_where_the_epoch_is_longer_than_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, _ = rates_of(monkeypatch, "linear", 7)
    numpy.testing.assert_allclose(rates[:4], [0.5, 0.375, 0.375, 0.375])
    numpy.testing.assert_allclose(rates[-2:], 0.5e-4)  # the least, as in word2vec.c


def test_a_constant_learning_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, history = rates_of(monkeypatch, "constant", 13)
    assert rates == [0.5] * 12 and history[-1]["lr"] == 0.5


@pytest.mark.parametrize("every, draws", [(1, 8), (3, 4), (100, 2)])  # 4 batches per epoch, 2 epochs
def test_resample_every(every: int, draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net = make_net()
    seeds: list[int | None] = []
    resample = NegativeSampling.resample

    def spy(self: NegativeSampling, rng: numpy.random.Generator | None) -> None:
        resample(self, rng)
        seeds.append(self._seed)

    monkeypatch.setattr(NegativeSampling, "resample", spy)
    batch = (numpy.array([1, 2, 3], dtype=numpy.int32), numpy.array([2, 1, 4], dtype=numpy.int32))
    quiet(net, Fixed([batch] * 4, 12), 2, 0.1, "sgd", resample_every=every)
    assert seeds[-1] is None and len(set(seeds[:-1])) == len(seeds) - 1 == draws


OPTIONS = StepOptions(
    num_epochs=4,
    lr=0.5,
    optimizer="sgd",
    schedule="linear",
    decay=0.5,
    clip_norm=None,
    seed=0,
    resample_every=1,
)


def test_the_rate_falls_with_the_schedule_and_decays_per_epoch() -> None:
    assert [OPTIONS.rate(0, share) for share in (0.0, 0.5, 1.0)] == [0.5, 0.4375, 0.375]
    assert OPTIONS.rate(2, 0.0) == 0.5 * 0.25 * 0.5
    assert OPTIONS.rate(3, 1.0) == 0.5 * 0.125 * 1e-4  # the least, as in word2vec.c
    constant = dataclasses.replace(OPTIONS, schedule="constant")
    assert [constant.rate(epoch, 0.5) for epoch in range(3)] == [0.5, 0.25, 0.125]


def test_initialize_leaves_what_is_initialized_and_moves_it() -> None:
    net = Rows()
    net.initialize(mx.init.Constant(0.25), ctx=mx.cpu(0))
    initialize(net, [mx.cpu(1), mx.cpu(2)], seed=3)
    assert net.dense.weight.list_ctx() == [mx.cpu(1), mx.cpu(2)]
    for weight in weights(net):
        numpy.testing.assert_array_equal(weight, numpy.full((4, 3), 0.25))
    nets = [Rows(), Rows(), Rows()]
    for fresh, seed in zip(nets, (5, 5, 6)):
        initialize(fresh, [mx.cpu(0)], seed)
    one, same, other = (weights(fresh)[0] for fresh in nets)
    numpy.testing.assert_array_equal(one, same)
    assert 0 < abs(one).max() <= 0.07 and (one != other).all()  # Gluon's own default


def test_what_steps_in_place_do_not_take_is_named() -> None:
    blocks = SkipGramBlocks(CORPUS, 32, 2, 3, subsampling="none")
    one, two = [mx.cpu(0)], [mx.cpu(0), mx.cpu(1)]
    net, other_net = make_net(), make_net(kind=CBOW)
    assert check_in_place(net, blocks, "sgd", one, None) is True
    assert check_in_place(net, pairs(), "adam", two, 0.5) is False
    with pytest.raises(TypeError, match=r"^net takes a SkipGram with SkipGramBlocks; got CBOW$"):
        check_in_place(other_net, blocks, "sgd", one, None)
    with pytest.raises(ValueError, match=r"^optimizer takes 'sgd' with SkipGramBlocks, .*; got 'adam'$"):
        check_in_place(net, blocks, "adam", one, None)
    with pytest.raises(ValueError, match=r"^device takes one context with SkipGramBlocks; got 2$"):
        check_in_place(net, blocks, "sgd", two, None)
    with pytest.raises(ValueError, match=r"^clip_norm takes None with SkipGramBlocks; got 0.5$"):
        check_in_place(net, blocks, "sgd", one, 0.5)


def test_resample_reaches_every_layer_that_samples() -> None:
    net = make_net()
    resample(net, derive_rng(1, 0, 0, "noise"))
    fixed = net.output_layer._seed
    resample(net, derive_rng(1, 0, 1, "noise"))
    assert fixed is not None and net.output_layer._seed not in (fixed, None)
    resample(net, None)
    assert net.output_layer._seed is None
    resample(Rows(), None)  # nothing samples here
