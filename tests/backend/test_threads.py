"""What a user's own thread may do: everything that the main thread may."""

from __future__ import annotations

import copy
import threading
from pathlib import Path
from typing import Any, Callable

import numpy
import pytest
from oracles.every_layer import COUNTS, EVERY_LAYER, IN_UNITS

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np, np_array
from gluon_softmax.backend.threads import use_numpy_arrays

TARGET = numpy.array([1, 2, 5, 9], dtype=numpy.int32)


def in_thread(work: Callable[[], Any]) -> Any:
    """What `work` gives in a new thread; its error is raised here."""
    results: list[Any] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def test_a_new_thread_has_numpy_arrays_and_shapes_and_can_switch_them_off() -> None:
    def modes() -> list[bool]:
        use_numpy_arrays()
        first = [mx.util.is_np_array(), mx.util.is_np_shape()]
        with np_array(False):
            inside = mx.util.is_np_array()
        return [*first, inside, mx.util.is_np_array()]

    assert in_thread(modes) == [True, True, False, True]
    assert mx.util.is_np_array() and mx.util.is_np_shape()  # and this thread is as it was


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_layer_made_here_is_used_and_trained_there(name: str, hybridize: bool) -> None:
    layer = EVERY_LAYER[name]()
    layer.initialize()
    if hybridize:
        layer.hybridize()
    layer.resample(numpy.random.default_rng(0))
    hidden = np.array(numpy.random.default_rng(1).normal(size=(4, IN_UNITS)), dtype="float32")
    wanted = layer.log_prob(hidden).asnumpy()

    def work() -> tuple[Any, Any, Any]:
        with autograd.record():
            loss = layer(hidden, TARGET)
        loss.backward()
        before = layer.log_prob(hidden).asnumpy()
        predicted = layer.predict(hidden).asnumpy()
        gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.1}).step(4)
        return before, predicted, float(layer(hidden, TARGET).mean())

    log_prob, predicted, mean = in_thread(work)
    numpy.testing.assert_allclose(log_prob, wanted, rtol=1e-6)
    numpy.testing.assert_array_equal(predicted, wanted.argmax(axis=1))
    assert mean == pytest.approx(float(layer(hidden, TARGET).mean()), rel=1e-6)


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_a_layer_is_made_and_initialized_in_a_thread(name: str) -> None:
    def work() -> float:
        layer = EVERY_LAYER[name]()
        layer.initialize()
        layer.hybridize()
        return float(layer(np.ones((4, IN_UNITS)), TARGET).sum())

    assert numpy.isfinite(in_thread(work))


def test_a_language_model_is_trained_and_writes_in_a_thread() -> None:
    net = gs.LanguageModel(10, 6, IN_UNITS, gs.NegativeSampling(COUNTS, IN_UNITS))
    batches = Once([(numpy.arange(6).reshape(3, 2) % 10, numpy.arange(1, 7).reshape(3, 2) % 10)])

    def work() -> tuple[Any, Any, Any]:
        history = gs.train(net, batches, 2, 0.01, progress="none")
        return history[-1]["loss"], gs.perplexity(net, batches), gs.generate(net, Vocab, 3)

    loss, perplexity, text = in_thread(work)
    assert numpy.isfinite([loss, perplexity]).all() and len(text) == 3


@pytest.mark.parametrize("ask", ["loss", "perplexity", "generate", "log_prob", "export", "copy"])
def test_what_was_trained_here_is_asked_there(ask: str, tmp_path: Path) -> None:
    net = gs.LanguageModel(10, 6, IN_UNITS, gs.HierarchicalSoftmax(COUNTS, IN_UNITS))
    batches = Once([(numpy.arange(6).reshape(3, 2) % 10, numpy.arange(1, 7).reshape(3, 2) % 10)])
    gs.train(net, batches, 1, 0.01, progress="none")
    questions: dict[str, Callable[[], Any]] = {
        "loss": lambda: float(net(*batches.batches[0])[0].mean()),
        "perplexity": lambda: gs.perplexity(net, batches),
        "generate": lambda: gs.generate(net, Vocab, 5),
        "log_prob": lambda: net.log_prob(batches.batches[0][0])[0].asnumpy().tolist(),
        "export": lambda: gs.export(net, tmp_path / "net").inputs,
        "copy": lambda: gs.perplexity(copy.deepcopy(net), batches),
    }
    assert in_thread(questions[ask]) == questions[ask]()


class Vocab:
    """Ten words."""

    idx_to_token = ("<unk>", "<eos>", *"abcdefgh")
    token_to_idx = {word: i for i, word in enumerate(idx_to_token)}  # noqa: RUF012  # nobody writes to it


class Once:
    """The same batches in each epoch."""

    expected_positions = 6

    def __init__(self, batches: list[Any]) -> None:
        self.batches = [Batch(array.astype(numpy.int32) for array in batch) for batch in batches]
        self.produced: dict[str, int] = {}

    def epoch(self, _: int) -> Any:
        return iter(self.batches)


class Batch(tuple):  # type: ignore[type-arg]  # of arrays (T, B)
    batch_axis = 1
