"""Training a language model beside a loop by hand: carried state, clipping, schedules, resuming."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import numpy
import pytest
from oracles.recurrent_reference import Text

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np
from gluon_softmax.data.language_model_batches import LanguageModelBatch
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.training.evaluation import held_out_loss, perplexity_figures
from gluon_softmax.utils.types import Array, Metrics

V, D, H = 9, 4, 5
TIMES = ("train_s", "tokens_per_s")


def corpus(num_words: int = 130) -> Text:
    """Words of which each but <eos> is followed by the next."""
    words = [1 if i % 4 == 3 else 2 + i % 7 for i in range(num_words)]
    return Text([words], V)


CORPUS = corpus()


def batches(batch_size: int = 6, bptt: int = 4, **kwargs: Any) -> gs.LanguageModelBatches:
    return gs.LanguageModelBatches(CORPUS, batch_size, bptt, **kwargs)


def make(
    sparse_grad: bool = False,
    tie_weights: bool = False,
    dropout: float = 0.0,
    layer: OutputLayer | None = None,
) -> gs.LanguageModel:
    width = D if tie_weights else H
    layer = gs.SampledSoftmax(V, width, 5, sparse_grad=sparse_grad) if layer is None else layer
    return gs.LanguageModel(
        V, D, H, layer, "gru", 2, dropout=dropout, tie_weights=tie_weights, sparse_grad=sparse_grad
    )


def weights(net: gluon.Block) -> list[numpy.ndarray]:
    """Every parameter, the same on all of its contexts."""
    found = []
    for parameter in net._collect_params_with_prefix().values():
        copies = [data.asnumpy() for data in parameter.list_data()]
        for copy in copies[1:]:
            numpy.testing.assert_allclose(copy, copies[0], rtol=1e-5, atol=1e-6)
        found.append(copies[0])
    return found


def train(net: gs.LanguageModel, *args: Any, **kwargs: Any) -> list[Metrics]:
    defaults = {"num_epochs": 2, "lr": 0.05, "progress": "none", "device": mx.cpu()}
    return gs.train(net, *(args or (batches(),)), **{**defaults, **kwargs})


def timeless(history: list[Metrics]) -> list[Metrics]:
    return [{name: value for name, value in m.items() if name not in TIMES} for m in history]


@pytest.mark.parametrize("clip_norm", [None, 0.05])
@pytest.mark.parametrize("schedule, decay", [("constant", 1.0), ("linear", 1.0), ("constant", 0.5)])
def test_training_is_the_loop_of_the_book(schedule: str, decay: float, clip_norm: float | None) -> None:
    net, other = make(layer=gs.FullSoftmax(V, H)), make(layer=gs.FullSoftmax(V, H))
    history = train(net, optimizer="sgd", lr=2.0, schedule=schedule, decay=decay, clip_norm=clip_norm)
    assert history[-1]["tokens"] == 130 and history[-1]["loss"] < history[0]["loss"]
    mx.random.seed(0)
    other.initialize()
    steps, norms = 0, []
    for epoch in range(2):
        state, seen = other.begin_state(6), 0
        for inputs, targets in batches().epoch(epoch):
            width = inputs.shape[1]
            state = [array[:, :width].detach() for array in state]  # the last row has four columns
            with autograd.record():
                loss, state = other(np.array(inputs), np.array(targets), state)
                mean = loss.mean()
            mean.backward()
            rate = 2.0 * decay**epoch
            if schedule == "linear":
                rate *= 1 - (epoch + seen / 130) / 2
            gradients = [p.grad().asnumpy() for p in other.collect_params().values()]
            norms.append(numpy.sqrt(sum((g.astype(float) ** 2).sum() for g in gradients)))
            scale = min(1, clip_norm / norms[-1]) if clip_norm else 1
            for parameter, gradient in zip(other.collect_params().values(), gradients):
                parameter.set_data(parameter.data() - rate * scale * np.array(gradient))
            seen += loss.size
            steps += 1
    assert steps == 2 * 7 and inputs.shape == (1, 4)
    assert max(norms) > 0.05
    for ours, theirs in zip(weights(net), weights(other)):
        numpy.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=2e-5)


def test_the_state_is_carried_and_begins_at_zero_each_epoch() -> None:
    net, given = make(), []
    original = net.forward

    def forward(inputs: Array, targets: Array, state: list[Array]) -> tuple[Array, list[Array]]:
        outputs = original(inputs, targets, state)
        given.append(([a.asnumpy() for a in state], [a.asnumpy() for a in outputs[1]]))
        return outputs

    net.forward = forward
    train(net)
    assert len(given) == 14
    for place, (state, _) in enumerate(given):
        for layer, array in enumerate(state):
            before = numpy.zeros((1, 6, H)) if place % 7 == 0 else given[place - 1][1][layer]
            numpy.testing.assert_array_equal(array, before[:, : array.shape[1]])
    assert abs(given[3][0][0]).max() > 1e-4


@pytest.mark.parametrize("clip_norm", [None, 0.05])
@pytest.mark.parametrize("tie_weights", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("batch_size", [6, 5])
def test_two_contexts_are_one(
    batch_size: int, sparse_grad: bool, tie_weights: bool, clip_norm: float | None
) -> None:
    """The text's last row has 4 columns of 6, or none of 5: pieces of other sizes, or on fewer contexts."""
    found = []
    for device in ([mx.cpu(0)], [mx.cpu(1)], [mx.cpu(0), mx.cpu(1)]):
        net = make(sparse_grad, tie_weights)
        options = {"optimizer": "sgd", "lr": 1.0, "device": device, "clip_norm": clip_norm}
        history = train(net, batches(batch_size), valid=batches(9), **options)
        found.append((weights(net), [m["loss"] for m in history] + [m["valid_loss"] for m in history]))
    for theirs, figures in found[1:]:
        assert figures == pytest.approx(found[0][1], rel=1e-4)
        for ours, other in zip(found[0][0], theirs):
            numpy.testing.assert_allclose(ours, other, rtol=1e-3, atol=1e-5)


def test_a_row_of_one_column_uses_one_context() -> None:
    one_more = gs.LanguageModelBatches(corpus(25), 6, 4)
    found = []
    for device in ([mx.cpu(0)], [mx.cpu(0), mx.cpu(1)]):
        net = make()
        train(net, one_more, optimizer="adam", lr=0.1, device=device)
        found.append(weights(net))
    for ours, theirs in zip(*found):
        numpy.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("options", [
    {"optimizer": "adam"},
    {"optimizer": "adagrad", "sparse_grad": True},
    {"optimizer": "sgd", "schedule": "linear", "clip_norm": 0.1},
    {"optimizer": "adam", "decay": 0.7, "tie_weights": True},
])  # fmt: skip
def test_a_resumed_run_with_dropout_is_bit_equal(options: dict[str, Any], tmp_path: Path) -> None:
    kind = {name: options.pop(name) for name in ("sparse_grad", "tie_weights") if name in options}
    options.update(num_epochs=3, valid=batches(9), evaluate=perplexity_figures)
    whole, parts = make(dropout=0.4, **kind), None
    history = train(whole, **options)
    for _ in range(3):
        parts = make(dropout=0.4, **kind)
        stop = StopAfter(1)
        resumed = None
        try:
            resumed = train(parts, checkpoint=tmp_path / "checkpoint", on_epoch_end=stop, **options)
        except StopTrainingError:
            continue
    assert resumed is not None and timeless(resumed) == timeless(history)
    for ours, theirs in zip(weights(whole), weights(parts)):
        numpy.testing.assert_array_equal(ours, theirs)
    other = make(dropout=0.4, **kind)
    train(other, **{**options, "seed": 1})
    assert any((a != b).any() for a, b in zip(weights(whole), weights(other)))


class StopTrainingError(Exception):
    pass


class StopAfter:
    """Ends a run after some epochs, but never the last one."""

    def __init__(self, epochs: int) -> None:
        self.left = epochs

    def __call__(self, metrics: Metrics) -> None:
        self.left -= 1
        if self.left <= 0 and metrics["epoch"] < 3:
            raise StopTrainingError


def test_metrics_have_the_perplexity_of_each_epoch() -> None:
    net = make()
    history = train(net, valid=batches(9), evaluate=perplexity_figures)
    for metrics in history:
        assert metrics["valid_perplexity"] == pytest.approx(numpy.exp(metrics["valid_loss"]))
    assert history[-1]["valid_loss"] == held_out_loss(net, batches(9), mx.cpu())
    assert history[-1]["valid_perplexity"] < V


def test_the_best_epoch_is_kept(tmp_path: Path) -> None:
    net = make()
    losses = iter([2.0, 1.0, 3.0, 1.5])
    seen = []

    def evaluate(net: gluon.Block, _valid: object, _contexts: object) -> dict[str, float]:
        seen.append(weights(net))
        return {"loss": next(losses)}

    best = tmp_path / "best"
    last = tmp_path / "last"
    history = train(net, num_epochs=4, valid=batches(9), evaluate=evaluate, best=best, checkpoint=last)
    assert [m["valid_loss"] for m in history] == [2.0, 1.0, 3.0, 1.5]
    kept = make()
    kept.initialize()
    assert len(Checkpoint(best).restore(kept)) == 2
    for ours, theirs in zip(weights(kept), seen[1]):
        numpy.testing.assert_array_equal(ours, theirs)
    assert len(Checkpoint(last).restore(kept)) == 4
    with pytest.raises(ValueError, match=r"^best takes batches to compare the epochs on"):
        train(make(), best=best)


class Interrupted(gs.LanguageModelBatches):
    """Ctrl-C in the middle of the second epoch."""

    def epoch(self, epoch: int) -> Iterator[LanguageModelBatch]:
        for place, batch in enumerate(super().epoch(epoch)):
            if (epoch, place) == (1, 3):
                raise KeyboardInterrupt
            yield batch


def test_an_interrupt_ends_training_cleanly(tmp_path: Path) -> None:
    calls = []
    net = make()
    history = train(
        net,
        Interrupted(CORPUS, 6, 4),
        num_epochs=3,
        valid=batches(9),
        best=tmp_path / "best",
        checkpoint=tmp_path / "checkpoint",
        plot=tmp_path / "loss.png",
        on_interrupt=lambda: calls.append(True),
    )
    assert calls == [True] and [m["epoch"] for m in history] == [1]
    assert (tmp_path / "loss.png").stat().st_size > 0
    assert net.output_layer._current_candidates() is not net.output_layer._current_candidates()  # draws anew
    resumed, whole = make(), make()
    ours = train(resumed, num_epochs=3, valid=batches(9), checkpoint=tmp_path / "checkpoint")
    assert timeless(ours) == timeless(train(whole, num_epochs=3, valid=batches(9)))
    with pytest.raises(KeyboardInterrupt):
        train(make(), Interrupted(CORPUS, 6, 4))


def test_lines_are_printed_at_each_look(capsys: pytest.CaptureFixture) -> None:
    train(make(), progress="lines", num_epochs=1, log_interval=3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "epoch 1, 55.4%",  # 3 batches of 24 words
        "epoch 1, 96.9%",  # 5, and one of 6
        "epoch 1, 100.0%",
        "epoch 1",
    ]


@pytest.mark.parametrize("kwargs, said", [
    ({"decay": 0.0}, r"^decay takes a finite number above 0 and at most 1"),
    ({"decay": 1.5}, r"^decay takes"),
    ({"clip_norm": 0.0}, r"^clip_norm takes a finite number above 0"),
    ({"log_interval": 0}, r"^log_interval takes an integer of at least 1"),
])  # fmt: skip
def test_wrong_arguments_are_named(kwargs: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        train(make(), **kwargs)


def test_any_cell_learns_a_text_that_repeats() -> None:
    for cell in ("rnn_tanh", "rnn_relu", "gru", "lstm"):
        net = gs.LanguageModel(V, 8, 16, gs.FullSoftmax(V, 16), cell=cell)
        history = train(net, batches(4, 10), num_epochs=30, lr=0.02, valid=batches(2))
        assert history[-1]["valid_loss"] < 0.4
