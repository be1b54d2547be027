"""A run that is stopped anywhere goes on bit-equally, for every kind of batch, optimizer and schedule."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy
import pytest
from oracles.blocks import CORPUS, B, D, V, W
from oracles.recurrent_reference import Text

import gluon_softmax as gs
from gluon_softmax.backend import gluon, mx
from gluon_softmax.fused import sgd
from gluon_softmax.training import trainer as trainer_module
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.utils.errors import TrainingInterrupted

COUNTS = numpy.maximum(CORPUS.counts, 1)
WORDS = Text([[1 if i % 4 == 3 else 2 + i % 7 for i in range(400)]], 9)


def skip_gram() -> gluon.Block:
    return gs.SkipGram(V, D, gs.NegativeSampling(COUNTS, D))


def language_model() -> gluon.Block:
    layer = gs.SampledSoftmax(9, 5, 4, sparse_grad=True)
    return gs.LanguageModel(9, 4, 5, layer, "lstm", 2, dropout=0.3, sparse_grad=True)


def blocks(num_noise_words: int) -> gs.SkipGramBlocks:
    return gs.SkipGramBlocks(CORPUS, B, W, num_noise_words, block_size=B, subsampling="none")


CASES: dict[str, tuple[Callable[[], gluon.Block], Callable[[], Any], dict[str, Any]]] = {
    "pairs, adam, linear": (
        skip_gram,
        lambda: gs.SkipGramPairs(CORPUS, 3, W, threshold=0.05),
        {"optimizer": "adam", "schedule": "linear"},
    ),
    "pairs, sparse sgd, kept noise": (
        lambda: gs.SkipGram(V, D, gs.NegativeSampling(COUNTS, D, sparse_grad=True), sparse_grad=True),
        lambda: gs.SkipGramPairs(CORPUS, 3, W, threshold=0.05),
        {"optimizer": "sgd", "resample_every": 7},
    ),
    "the book's batches, adagrad": (
        skip_gram,
        lambda: gs.SkipGramBatches(CORPUS, 2, W, threshold=0.05),
        {"optimizer": "adagrad", "decay": 0.5},
    ),
    "blocks, negative sampling, linear": (
        skip_gram,
        lambda: gs.SkipGramBlocks(CORPUS, 2, W, block_size=2, threshold=0.05, shared_noise=3),
        {"optimizer": "sgd", "schedule": "linear"},
    ),
    "blocks, hierarchical, linear": (
        lambda: gs.SkipGram(V, D, gs.HierarchicalSoftmax(COUNTS, D)),
        lambda: gs.SkipGramBlocks(CORPUS, 2, W, num_noise_words=0, block_size=2, threshold=0.05),
        {"optimizer": "sgd", "schedule": "linear"},
    ),
    "cbow, hierarchical, clipped": (
        lambda: gs.CBOW(V, D, gs.HierarchicalSoftmax(COUNTS, D)),
        lambda: gs.CBOWBatches(CORPUS, 2, W, threshold=0.05),
        {"optimizer": "adam", "clip_norm": 0.5},
    ),
    "blocks, linear": (skip_gram, lambda: blocks(5), {"optimizer": "sgd", "schedule": "linear"}),
    "blocks, hierarchical, decay": (
        lambda: gs.SkipGram(V, D, gs.HierarchicalSoftmax(COUNTS, D)),
        lambda: blocks(0),
        {"optimizer": "sgd", "schedule": "linear", "decay": 0.9},
    ),
    "language model with dropout": (
        language_model,
        lambda: gs.LanguageModelBatches(WORDS, 2, 3),
        {"optimizer": "adam", "schedule": "linear", "resample_every": 3},
    ),
    "language model on two contexts": (
        language_model,
        lambda: gs.LanguageModelBatches(WORDS, 3, 2),
        {"optimizer": "adagrad", "device": [mx.cpu(0), mx.cpu(1)]},
    ),
}


@pytest.fixture(autouse=True)
def short_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run can be saved at every fourth step, so that small runs can be stopped in many places."""
    monkeypatch.setattr(trainer_module, "STEPS_PER_SEED", 4)
    monkeypatch.setattr(sgd, "_CHUNK", 4)
    monkeypatch.setattr(sgd, "_CHUNK", 4)


def weights(net: gluon.Block) -> dict[str, numpy.ndarray]:
    return {name: p.list_data()[0].asnumpy() for name, p in net._collect_params_with_prefix().items()}


def timeless(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in m.items() if not name.endswith("_s")} for m in history]


def run(case: str, batches: Any = None, **kwargs: Any) -> tuple[gluon.Block, list[dict[str, Any]]]:
    make_net, make_batches, options = CASES[case]
    net, given = make_net(), make_batches() if batches is None else batches
    history = gs.train(net, given, 2, 0.05, progress="none", seed=5, **{**options, **kwargs})
    return net, history


class Stopping:
    """Batches at whose n-th, counted over the epochs, a signal comes."""

    def __init__(self, batches: Any, n: int, signum: int) -> None:
        self._batches, self._n, self._signum = batches, n, signum
        self.taken = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batches, name)

    def epoch(self, epoch: int) -> Iterator[Any]:
        for batch in self._batches.epoch(epoch):
            self.taken += 1
            if self.taken == self._n:
                os.kill(os.getpid(), self._signum)
            yield batch


def assert_equal(one: tuple[gluon.Block, Any], two: tuple[gluon.Block, Any]) -> None:
    assert timeless(one[1]) == timeless(two[1])
    for name, values in weights(one[0]).items():
        numpy.testing.assert_array_equal(weights(two[0])[name], values, err_msg=name)


@pytest.mark.parametrize("case", list(CASES))
def test_saving_at_every_place_changes_nothing(case: str, tmp_path: Path) -> None:
    assert_equal(run(case), run(case, checkpoint=tmp_path, checkpoint_minutes=0))


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
@pytest.mark.parametrize("case", list(CASES))
def test_a_run_that_was_stopped_anywhere_goes_on_bit_equally(case: str, signum: int, tmp_path: Path) -> None:
    whole = run(case)
    batches = CASES[case][1]()
    total = sum(1 for _ in batches.epoch(0))
    rng = numpy.random.default_rng(total + signum)
    for k, n in enumerate(sorted(rng.choice(numpy.arange(1, 2 * total - 4), 3, replace=False).tolist())):
        folder = tmp_path / str(k)
        with pytest.raises(TrainingInterrupted) as stopped:
            run(case, Stopping(CASES[case][1](), n, signum), checkpoint=folder)
        assert stopped.value.signum == signum
        state = Checkpoint(folder).restore_state(_initialized(CASES[case][0]()))
        assert len(state.history) == (n > total) or state.partial is None
        assert_equal(whole, run(case, checkpoint=folder))


def _initialized(net: gluon.Block) -> gluon.Block:
    net.initialize()
    return net


def test_signals_do_what_they_did_before_once_training_is_over(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    run("pairs, adam, linear", checkpoint=tmp_path)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_without_a_checkpoint_ctrl_c_stops_at_once() -> None:
    batches = Stopping(CASES["pairs, adam, linear"][1](), 2, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run("pairs, adam, linear", batches)
    assert batches.taken == 2
