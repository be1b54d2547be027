"""One training loop around ``gluon.Trainer`` that knows no model.

It calls ``net(*batch)`` and minimises the mean over the batch's positions.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Callable

from ..backend import gluon, mx
from ..backend.device import as_contexts
from ..utils.checks import check_choice, check_number, check_positive_int
from ..utils.memory import trim_memory
from ..utils.types import Batches, Contexts, Metrics
from .checkpoint import Checkpoint
from .evaluation import Evaluate, HeldOut, loss_figures
from .meter import LossMeter
from .progress import Progress, save_loss_plot
from .trainer import (
    OPTIMIZERS,
    SCHEDULES,
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
    batches: Batches,
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
    seed: int = 0,
    resample_every: int = 1,
    hybridize: bool = True,
    checkpoint: Checkpoint | str | Path | None = None,
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
        ``expected_positions``; see `WindowBatches`. With `SkipGramBlocks` the net makes its own steps, see
        `InPlaceSGD`: plain "sgd", one context, no `clip_norm`.
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
    seed : decides every draw, together with the epoch and the step; see `derive_rng`.
    resample_every : steps for which a layer that samples keeps its candidates (1: drawn again for every
        batch).
    hybridize : whether to compile the net.
    checkpoint : a folder. After each epoch the state is written there; if it holds one, training goes on from
        it.
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

    Raises TypeError or ValueError for arguments that do not fit, and ValueError if the batches are empty.
    """
    options = StepOptions(
        num_epochs=check_positive_int("num_epochs", num_epochs),
        lr=check_number("lr", lr, 0, open_low=True),
        optimizer=check_choice("optimizer", optimizer, OPTIMIZERS),
        schedule=check_choice("schedule", schedule, SCHEDULES),
        decay=check_number("decay", decay, 0, 1, open_low=True),
        clip_norm=None if clip_norm is None else check_number("clip_norm", clip_norm, 0, open_low=True),
        seed=check_positive_int("seed", seed, 0),
        resample_every=check_positive_int("resample_every", resample_every),
    )
    look_every = check_positive_int("log_interval", _LOOK_EVERY if log_interval is None else log_interval)
    if best is not None and valid is None:
        raise ValueError("best takes batches to compare the epochs on, valid; got none")
    contexts = as_contexts(device)
    check_in_place(net, batches, optimizer, contexts, clip_norm)
    trim_memory()  # what corpus, samplers and an earlier model took, so that it does not add to the peak
    initialize(net, contexts, options.seed)
    if hybridize:
        net.hybridize(static_alloc=True)
    trainer = make_trainer(net, options.optimizer, options.lr, contexts)
    steps = TrainingSteps(net, trainer, batches, contexts, options)
    checkpoint, best = _as_checkpoint(checkpoint), _as_checkpoint(best)
    history = checkpoint.restore(net, trainer) if checkpoint and checkpoint.exists() else []
    shown = Progress(progress, options.num_epochs, batches.expected_positions, log_interval is not None)
    meter = LossMeter(batches.expected_positions, look_every, shown.step)
    epochs = _Epochs(steps, meter, shown, valid, evaluate, checkpoint, best, on_epoch_end)
    try:
        epochs.run(history, options.num_epochs, on_interrupt)
    finally:
        resample(net, None)
    if plot is not None:
        save_loss_plot(meter.curve, history, plot)
    return history


def _as_checkpoint(folder: Checkpoint | str | Path | None) -> Checkpoint | None:
    return folder if folder is None or isinstance(folder, Checkpoint) else Checkpoint(folder)


@dataclasses.dataclass(frozen=True)
class _Epochs:
    """What an epoch consists of: its steps, then what is measured, shown and kept of it."""

    steps: TrainingSteps
    meter: LossMeter
    shown: Progress
    valid: HeldOut | None
    evaluate: Evaluate
    checkpoint: Checkpoint | None
    best: Checkpoint | None
    on_epoch_end: Callable[[Metrics], None] | None

    def run(self, history: list[Metrics], num_epochs: int, on_interrupt: Callable[[], None] | None) -> None:
        """Train the epochs that `history` lacks; Ctrl-C ends them, or goes on without `on_interrupt`."""
        try:
            for epoch in range(len(history), num_epochs):
                self.end(self.train(epoch), history)
        except KeyboardInterrupt:
            self.shown.close()
            if on_interrupt is None:
                raise
            mx.nd.waitall()
            on_interrupt()

    def train(self, epoch: int) -> Metrics:
        """Make the steps of an epoch; gives its metrics."""
        self.shown.start_epoch(epoch)
        start = time.perf_counter()
        self.meter.start_epoch(epoch)
        for step in self.steps.epoch(epoch):
            self.meter.add(step)
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

    def end(self, metrics: Metrics, history: list[Metrics]) -> None:
        """Evaluate the net, append the epoch to the history, show it, and write the checkpoints."""
        net, trainer = self.steps.net, self.steps.trainer
        if self.valid is not None:
            figures = self.evaluate(net, self.valid, self.steps.contexts)
            metrics.update({f"valid_{name}": figure for name, figure in figures.items()})
        history.append(metrics)
        self.shown.end_epoch(metrics)
        if self.checkpoint is not None:
            self.checkpoint.save(net, trainer, history)
        if self.best is not None and metrics["valid_loss"] <= min(past["valid_loss"] for past in history):
            self.best.save(net, trainer, history)
        if self.on_epoch_end is not None:
            self.on_epoch_end(metrics)
