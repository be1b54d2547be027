"""`train` and `perplexity` take any iterable of batches: a list, a generator, a DataLoader."""

from __future__ import annotations

from typing import Any, Iterator

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import gluon, init, mx, np

V, D = 7, 4
COUNTS = numpy.arange(V, 0, -1)
RNG = numpy.random.default_rng(0)
PAIRS = [tuple(RNG.integers(1, V, (2, 6)).astype("int32")) for _ in range(5)]


def train(batches: Any, num_epochs: int = 2, **kwargs: Any) -> tuple[numpy.ndarray, list[dict[str, Any]]]:
    net = gs.SkipGram(V, D, gs.FullSoftmax(V, D))
    history = gs.train(net, batches, num_epochs, 0.1, "sgd", progress="none", **kwargs)
    return net.embed.weight.data().asnumpy(), history


class Own:
    """The same batches in the form that the package's own have."""

    expected_positions = 30.0

    def __init__(self) -> None:
        self.produced = {"positions": 0}

    def epoch(self, _: int) -> Iterator[Any]:
        self.produced = {"positions": 30}
        return iter(PAIRS)


@pytest.mark.parametrize("schedule", ["constant", "linear"])
@pytest.mark.parametrize("on_device", [False, True], ids=["host", "device"])
def test_a_list_of_batches_trains(schedule: str, on_device: bool) -> None:
    batches = [tuple(np.array(a, dtype="int32") for a in batch) for batch in PAIRS] if on_device else PAIRS
    expected, history = train(Own(), schedule=schedule)
    found, its_history = train(batches, schedule=schedule)
    numpy.testing.assert_array_equal(found, expected)
    assert [m["loss"] for m in its_history] == [m["loss"] for m in history]
    assert its_history[-1]["positions"] == 30 and its_history[-1]["positions_per_s"] > 0


def test_a_generator_trains_one_epoch() -> None:
    expected, _ = train(Own(), 1)
    found, history = train((batch for batch in PAIRS), 1)
    numpy.testing.assert_array_equal(found, expected)
    assert history[0]["positions"] == 30
    with pytest.raises(ValueError, match="once per epoch, 2 times"):
        train((batch for batch in PAIRS), 2)


def test_gluons_data_loader_trains() -> None:
    centers, contexts = (numpy.concatenate(columns) for columns in zip(*PAIRS))
    loader = gluon.data.DataLoader(gluon.data.ArrayDataset(centers, contexts), batch_size=6)
    expected, _ = train(Own())
    found, history = train(loader, schedule="linear")
    assert history[-1]["loss"] < history[0]["loss"] and history[0]["positions"] == 30
    numpy.testing.assert_array_equal(train(loader)[0], expected)
    assert found.shape == expected.shape


@pytest.mark.parametrize("batches", [None, 5, "text", {"a": 1}, [1, 2]], ids=str)
def test_what_is_no_iterable_of_batches_is_named(batches: Any) -> None:
    with pytest.raises(TypeError, match="batch"):
        train(batches)


def test_perplexity_takes_a_list() -> None:
    net = gs.LanguageModel(V, D, D, gs.FullSoftmax(V, D), "gru")
    net.initialize(init.Uniform(0.1), ctx=mx.cpu())
    batches = [tuple(RNG.integers(0, V, (2, 3, 4)).astype("int32")) for _ in range(3)]
    losses, state = [], None
    for inputs, targets in batches:
        loss, state = net(np.array(inputs, dtype="int32"), np.array(targets, dtype="int32"), state)
        losses.append(loss.asnumpy())
    assert gs.perplexity(net, batches) == pytest.approx(numpy.exp(numpy.mean(losses)), rel=1e-6)
