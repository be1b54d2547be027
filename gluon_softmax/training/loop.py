"""One training loop around ``gluon.Trainer`` that knows no model.

It calls ``net(*batch)`` and minimises the mean over the batch's positions.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from pathlib import Path
from typing import Callable, Mapping

from ..backend import gluon, mx
from ..backend.device import as_contexts
from ..utils.checks import check_bool, check_number, check_positive_int, shown
from ..utils.errors import TrainingInterrupted
from ..utils.memory import trim_memory
from ..utils.object_checks import check_callable, check_path
from ..utils.types import Contexts, Figures, Metrics
from .checkpoint import Checkpoint, PartialEpoch, TrainingState
from .divergence import Divergence
from .evaluation import Evaluate, HeldOut, has_positions, loss_figures
from .iterable_batches import AnyBatches, as_batches, check_batches
from .loss_plot import check_plot, save_loss_plot
from .meter import LossMeter
from .progress import Progress
from .stop import StopSignals
from .trainer import (
    StepOptions,
    TrainingSteps,
    check_in_place,
    initialize,
    make_trainer,
    resample,
)

_LOOK_EVERY = 50  # steps between two looks at the loss: each waits until the engine has nothing to do


def train(
    net: gluon.Block,
    batches: AnyBatches,
    num_epochs: int,
    lr: float,
    optimizer: str = "adam",
    device: Contexts = None,
    *,
    valid: HeldOut | None = None,
    evaluate: Evaluate = loss_figures,
    schedule: str = "constant",
    decay: float = 1.0,
    clip_norm: float | None = None,
    weight_decay: float = 0.0,
    seed: int = 0,
    resample_every: int = 1,
    hybridize: bool = True,
    checkpoint: Checkpoint | str | Path | None = None,
    checkpoint_minutes: float = 10.0,
    best: Checkpoint | str | Path | None = None,
    progress: str = "auto",
    log_interval: int | None = None,
    plot: str | Path | None = None,
    on_epoch_end: Callable[[Metrics], None] | None = None,
    on_interrupt: Callable[[], None] | None = None,
) -> list[Metrics]:
    """Train `net` and return one dict of metrics per epoch.

    Parameters
    ----------
    net : a block; ``net(*batch)`` gives the loss of each position, in nats. It is initialized from `seed`
        if it was not, and moved to `device`. One with ``begin_state``, such as a `LanguageModel`, takes and
        gives a state, which is zero at the start of an epoch and detached between batches.
    batches : gives the batches of an epoch by ``epoch(e)``, counts them in ``produced``, and has
        ``expected_positions``; see `WindowBatches`. Or any iterable of batches, see `as_batches`. With
        `SkipGramBlocks` the net makes its own steps, see `InPlaceSGD`: plain "sgd", one context, no
        `clip_norm`, no `weight_decay`.
    num_epochs, lr : epochs in all, initial learning rate. The gradient is that of the mean over the positions
        of the whole batch, with `SkipGramBlocks` of the sum over its pairs.
    optimizer : "sgd", "adam" or "adagrad"; with row-sparse gradients each updates the batch's rows alone.
    device : a context or a list of contexts, over which each batch is split; the current context if None.
    valid : batches whose mean loss is the held-out loss of each epoch.
    evaluate : called with `net`, `valid` and the list of contexts; gives ``loss`` and what else is measured
        on `valid`, by name.
    schedule : "constant", or "linear": falls with the positions seen, to 1e-4 of `lr`, as in word2vec.c.
    decay : the rate is multiplied by it after each epoch, whatever the schedule.
    clip_norm : the longest gradient, over all parameters, that is not scaled down; see `clipped_step`.
    weight_decay : the Trainer's `wd`: this times a parameter is added to its gradient, with "adagrad" to its
        step. A parameter's ``wd_mult`` multiplies it; of a table with a row-sparse gradient the rows of the
        batch alone decay, and "adagrad" takes 0.
    seed : decides every draw, together with the epoch and the step; see `derive_rng`.
    resample_every : steps for which a layer that samples keeps its candidates (1: drawn again for every
        batch).
    hybridize : whether to compile the net.
    checkpoint : a folder. The state is written there after each epoch and every `checkpoint_minutes` within
        one; if it holds a state, training goes on from it, as if it had not stopped. With it, SIGINT and
        SIGTERM end training where the state can be saved, by TrainingInterrupted; a second SIGINT at once.
    best : a folder for the state of the epoch with the lowest held-out loss so far.
    progress : "auto", "bar", "animator", "lines" or "none"; see `Progress`.
    log_interval : steps between two looks at the loss; "lines" then prints one line at each.
    plot : a picture file for the loss curve.
    on_epoch_end : called with the metrics of each epoch that is trained here.
    on_interrupt : called at Ctrl-C, after which the metrics of the epochs that ended are returned; without it
        KeyboardInterrupt goes on to the caller.

    The metrics: ``epoch`` (from 1), ``loss`` (mean of the epoch, nats), ``lr`` (at its end), ``train_s``
    (seconds of this epoch's training, without evaluation); for each name that `batches` counts, its number
    and its number per second in this epoch, such as ``centers``, ``centers_per_s``, ``pairs_per_s``; and with
    `valid` what `evaluate` gives, such as ``valid_loss``.

    Raises TypeError or ValueError for arguments that do not fit, ValueError if the batches are empty, and its
    kind TrainingDiverged for a loss that is not finite or ten times the first one; that is never saved.
    """
    options = StepOptions(
        num_epochs, lr, optimizer, schedule, decay, clip_norm, seed, resample_every, weight_decay
    ).checked()
    saved = _Saved(checkpoint, best, check_number("checkpoint_minutes", checkpoint_minutes, 0) * 60)
    look_every = check_positive_int("log_interval", _LOOK_EVERY if log_interval is None else log_interval)
    if best is not None and valid is None:
        raise ValueError("best takes batches to compare the epochs on, valid; got none")
    if valid is not None:
        check_batches("valid", valid, num_epochs)
    check_callable("evaluate", evaluate, "a function of a net, batches and contexts")
    check_callable("on_epoch_end", on_epoch_end, "a function or None", or_none=True)
    check_callable("on_interrupt", on_interrupt, "a function or None", or_none=True)
    check_plot(plot)
    batches, contexts = as_batches(batches, num_epochs, schedule), as_contexts(device)
    check_in_place(net, batches, optimizer, contexts, clip_norm, options.weight_decay)
    trim_memory()  # what corpus, samplers and an earlier model took, so that it does not add to the peak
    initialize(net, contexts, options.seed)
    if check_bool("hybridize", hybridize):
        net.hybridize(static_alloc=True)
    trainer = make_trainer(net, options.optimizer, options.lr, contexts, options.weight_decay)
    steps = TrainingSteps(net, trainer, batches, contexts, options)
    state = saved.restore(steps)
    shown = Progress(progress, options.num_epochs, batches.expected_positions, log_interval is not None)
    divergence = Divergence(lambda: trainer.learning_rate, state.first_loss)
    meter = LossMeter(batches.expected_positions, look_every, shown.step, divergence, state.curve)
    shown.follow(meter.curve, state.history)
    epochs = _Epochs(steps, meter, divergence, shown, valid, evaluate, saved, on_epoch_end)
    try:
        epochs.run(state, options.num_epochs, on_interrupt)
    finally:
        resample(net, None)
    if plot is not None:
        save_loss_plot(meter.curve, state.history, plot)
    return state.history


class _Saved:
    """Where the state is written, and when it was written last."""

    def __init__(
        self, checkpoint: Checkpoint | str | Path | None, best: Checkpoint | str | Path | None, every: float
    ) -> None:
        self.checkpoint, self.best = (
            folder
            if folder is None or isinstance(folder, Checkpoint)
            else Checkpoint(check_path(name, folder))
            for name, folder in (("checkpoint", checkpoint), ("best", best))
        )
        self._every = every  # s
        self._last = time.monotonic()

    def restore(self, steps: TrainingSteps) -> TrainingState:
        """What is there to go on from; net and Trainer have it then."""
        if self.checkpoint is None or not self.checkpoint.exists():
            return TrainingState([])
        return self.checkpoint.restore_state(steps.net, steps.trainer)

    def is_due(self) -> bool:
        """Whether the state in the middle of an epoch is to be written."""
        return self.checkpoint is not None and time.monotonic() - self._last >= self._every

    def save(self, steps: TrainingSteps, state: TrainingState) -> None:
        """Write the state; after an epoch whose held-out loss is the lowest so far as the best, too."""
        if self.checkpoint is not None:
            self.checkpoint.save(steps.net, steps.trainer, state)
        if self.best is not None and state.partial is None:
            losses = [past["valid_loss"] for past in state.history]
            if losses[-1] <= min(losses):
                self.best.save(steps.net, steps.trainer, state)
        self._last = time.monotonic()


@dataclasses.dataclass(frozen=True)
class _Epochs:
    """What an epoch consists of: its steps, then what is measured, shown and kept of it."""

    steps: TrainingSteps
    meter: LossMeter
    divergence: Divergence
    shown: Progress
    valid: HeldOut | None
    evaluate: Evaluate
    saved: _Saved
    on_epoch_end: Callable[[Metrics], None] | None
    stop: StopSignals = dataclasses.field(default_factory=StopSignals)

    def run(self, state: TrainingState, num_epochs: int, on_interrupt: Callable[[], None] | None) -> None:
        """Train the epochs that the history lacks, the first of them from where it was left.

        Ctrl-C ends them, or goes on to the caller without `on_interrupt`.
        """
        begun = state.partial
        try:
            with self.stop.handled() if self.saved.checkpoint is not None else contextlib.nullcontext():
                for epoch in range(len(state.history), num_epochs):
                    self.end(self.train(epoch, state.history, begun), state.history)
                    begun = None
                    if self.stop.signum is not None and epoch + 1 < num_epochs:
                        raise TrainingInterrupted(self.stop.signum)
        except KeyboardInterrupt:
            self.shown.close()
            if on_interrupt is None:
                raise
            mx.nd.waitall()
            on_interrupt()

    def train(self, epoch: int, history: list[Metrics], begun: PartialEpoch | None) -> Metrics:
        """Make the steps of an epoch, or of what is left of it; gives its metrics."""
        self.shown.start_epoch(epoch)
        start = time.perf_counter()
        if begun is None:
            self.meter.start_epoch(epoch)
        else:
            self.meter.start_epoch(epoch, begun.positions, begun.measured, begun.total)
            start -= begun.seconds
        for step in self.steps.epoch(epoch, begun):
            self.meter.add(step)
            if step.at_boundary and (self.stop.signum is not None or self.saved.is_due()):
                self.save_within(history, time.perf_counter() - start)
        self.meter.look()
        mx.nd.waitall()
        seconds = time.perf_counter() - start
        if not self.meter.positions:
            raise ValueError("batches takes at least one position per epoch; got none")
        metrics: Metrics = {"epoch": epoch + 1, "loss": self.meter.mean}
        metrics.update(lr=self.steps.trainer.learning_rate, train_s=seconds)
        for name, count in self.steps.batches.produced.items():
            metrics[name] = count
            metrics[f"{name}_per_s"] = count / seconds
        return metrics

    def save_within(self, history: list[Metrics], seconds: float) -> None:
        """Write the state in the middle of an epoch; TrainingInterrupted if a signal asked for it."""
        self.meter.look()
        partial = PartialEpoch(
            batches=self.steps.batches_taken,
            positions=self.meter.positions,
            measured=self.meter.measured,
            total=self.meter.total,
            seconds=seconds,
            lr=self.steps.trainer.learning_rate,
            carried=self.steps.carried(),
        )
        self.saved.save(self.steps, self.state(history, partial))
        if self.stop.signum is not None:
            raise TrainingInterrupted(self.stop.signum)

    def state(self, history: list[Metrics], partial: PartialEpoch | None = None) -> TrainingState:
        """What the run goes on from, beside its net and its optimizer."""
        return TrainingState(history, partial, self.meter.curve, self.divergence.first_loss)

    def end(self, metrics: Metrics, history: list[Metrics]) -> None:
        """Evaluate the net, append the epoch to the history, show it, and write the checkpoints."""
        if self.valid is not None:
            figures = _checked(self.evaluate(self.steps.net, self.valid, self.steps.contexts))
            metrics.update({f"valid_{name}": figure for name, figure in figures.items()})
            if not math.isnan(metrics["valid_loss"]) or has_positions(self.valid):  # NaN of none is no sign
                self.divergence.check(
                    metrics["valid_loss"], f"on held-out text after epoch {metrics['epoch']}"
                )
        history.append(metrics)
        self.shown.end_epoch(metrics)
        self.saved.save(self.steps, self.state(history))
        if self.on_epoch_end is not None:
            self.on_epoch_end(metrics)


def _checked(figures: Figures) -> Figures:
    """What an evaluation gave, or a TypeError: its loss decides which epoch is the best."""
    if not isinstance(figures, Mapping) or "loss" not in figures:
        raise TypeError(f"evaluate takes a function that gives 'loss' and more by name; got {shown(figures)}")
    return figures
