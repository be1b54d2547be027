"""One training loop around ``gluon.Trainer`` that knows no model: it calls ``net(*batch)`` and takes the mean
over the batch's positions.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any, Callable, Iterator

from ..backend import autograd, gluon, init, mx
from ..backend.device import as_contexts
from ..utils.checks import check_choice, check_number, check_positive_int
from ..utils.memory import trim_memory
from ..utils.randomness import derive_rng, derive_seed
from ..utils.types import BlockBatches, InPlaceNet, InPlaceSteps, StepResult
from .carried_state import CarriedState
from .checkpoint import Checkpoint
from .clipping import clipped_step
from .data_parallel import to_device, zero_gradients
from .evaluation import loss_figures
from .progress import Progress, save_loss_plot

OPTIMIZERS = ("sgd", "adam", "adagrad")
SCHEDULES = ("constant", "linear")
_SYNC_EVERY = 50  # steps between two looks at the loss: a look waits until the engine has nothing to do
_AHEAD = 4  # steps that the host may be ahead of the engine: what is put in line takes memory
_LOWEST_RATE = 1e-4  # of the initial rate, as in word2vec.c


def train(
    net: Any,
    batches: Any,
    num_epochs: int,
    lr: float,
    optimizer: str = "adam",
    device: Any = None,
    *,
    valid: Any = None,
    evaluate: Callable[[Any, Any, Any], dict[str, float]] = loss_figures,
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
    on_epoch_end: Callable[[dict[str, Any]], None] | None = None,
    on_interrupt: Callable[[], None] | None = None,
) -> list[dict[str, Any]]:
    """Train `net` and return one dict of metrics an epoch.

    Parameters
    ----------
    net : a block; ``net(*batch)`` gives a loss a position, in nats. It is initialized here if it was not
        (from `seed`), and moved to `device`. With ``begin_state`` it is a `LanguageModel`'s kind: state in,
        state out, zero at the start of an epoch and detached between batches.
    batches : gives the batches of an epoch by ``epoch(e)``, counts them in ``produced``, says
        ``expected_positions``; see `WindowBatches`. For `SkipGramBlocks` the net steps by itself, see
        `InPlaceSGD`: plain "sgd", one context, no `clip_norm`.
    num_epochs, lr : epochs in all, initial learning rate. The gradient is that of the mean over the positions
        of the whole batch, with `SkipGramBlocks` of the sum over its pairs.
    optimizer : "sgd", "adam" or "adagrad"; with row-sparse gradients each updates the rows of the batch only.
    device : a context or a list of contexts, over which each batch is split; the current context if None.
    valid : batches whose mean loss is the held-out loss of each epoch; `evaluate` gives it and what else is
        asked of them, by name.
    schedule : "constant", or "linear": falls with the positions seen, to 1e-4 of `lr`, as in word2vec.c.
    decay : the rate is multiplied by it after each epoch, whatever the schedule.
    clip_norm : the longest gradient, over all parameters, that is not scaled down; see `clipped_step`.
    seed : with the epoch and the step it decides every draw; see `derive_rng`.
    resample_every : steps for which a layer that samples keeps its candidates (1: drawn again for every
        batch).
    checkpoint : a folder. After each epoch the state is written there; if it holds one, training goes on from
        it.
    best : a folder for the state of the epoch with the lowest held-out loss so far.
    progress : "auto", "bar", "animator", "lines" or "none"; `plot` : a picture file for the loss curve.
    log_interval : steps between two looks at the loss; "lines" then prints one at each.
    on_epoch_end : called with the metrics of each epoch that is trained here.
    on_interrupt : called at Ctrl-C, after which the metrics of the epochs that ended are returned; without it
        KeyboardInterrupt goes on to the caller.

    The metrics: ``epoch`` (from 1), ``loss`` (mean of the epoch, nats), ``valid_loss`` if `valid`, ``lr`` (at
    its end), ``train_s`` (seconds of this epoch's training, evaluation not counted), and for each name that
    `batches` counts the number and the number a second of this epoch, such as ``centers``, ``centers_per_s``,
    ``pairs_per_s``.

    Raises TypeError or ValueError for arguments that do not fit, and ValueError if the batches are empty.
    """
    num_epochs = check_positive_int("num_epochs", num_epochs)
    lr = check_number("lr", lr, 0, open_low=True)
    check_choice("optimizer", optimizer, OPTIMIZERS)
    check_choice("schedule", schedule, SCHEDULES)
    check_number("decay", decay, 0, 1, open_low=True)
    if clip_norm is not None:
        check_number("clip_norm", clip_norm, 0, open_low=True)
    if log_interval is not None:
        check_positive_int("log_interval", log_interval)
    if best is not None and valid is None:
        raise ValueError("best takes batches to compare the epochs on, valid; got none")
    check_positive_int("seed", seed, 0)
    check_positive_int("resample_every", resample_every)
    contexts = as_contexts(device)
    in_place = check_in_place(net, batches, optimizer, contexts, clip_norm)
    trim_memory()  # what corpus, samplers and an earlier model took, so that it does not add to the peak
    initialize(net, contexts, seed)
    if hybridize:
        net.hybridize(static_alloc=True)
    trainer = make_trainer(net, optimizer, lr, contexts)
    steps = net.in_place_sgd(batches, contexts[0]) if in_place else None
    if checkpoint is not None and not isinstance(checkpoint, Checkpoint):
        checkpoint = Checkpoint(checkpoint)
    if best is not None and not isinstance(best, Checkpoint):
        best = Checkpoint(best)
    history: list[dict[str, Any]] = (
        checkpoint.restore(net, trainer) if checkpoint and checkpoint.exists() else []
    )
    loop = _Loop(
        net=net,
        trainer=trainer,
        batches=batches,
        num_epochs=num_epochs,
        lr=lr,
        schedule=schedule,
        decay=decay,
        clip_norm=clip_norm,
        seed=seed,
        resample_every=resample_every,
        look_every=log_interval or _SYNC_EVERY,
        contexts=contexts,
        in_place_steps=steps,
        shown=Progress(progress, num_epochs, batches.expected_positions, log_interval is not None),
    )
    try:
        for epoch in range(len(history), num_epochs):
            metrics = loop.train_epoch(epoch)
            if valid is not None:
                figures = evaluate(net, valid, contexts)
                metrics.update({f"valid_{name}": figure for name, figure in figures.items()})
            history.append(metrics)
            loop.shown.end_epoch(metrics)
            if checkpoint is not None:
                checkpoint.save(net, trainer, history)
            if best is not None and metrics["valid_loss"] <= min(past["valid_loss"] for past in history):
                best.save(net, trainer, history)
            if on_epoch_end is not None:
                on_epoch_end(metrics)
    except KeyboardInterrupt:
        loop.shown.close()
        if on_interrupt is None:
            raise
        mx.nd.waitall()
        on_interrupt()
    finally:
        _resample(net, None)
    if plot is not None:
        save_loss_plot(loop.curve, history, plot)
    return history


def make_trainer(net: Any, optimizer: str, lr: float, contexts: list[Any]) -> gluon.Trainer:
    """A Trainer whose state can be saved and that is right on several contexts with row-sparse gradients.

    Updates happen in the Trainer, not in the kvstore, so that states can be read; several contexts need a
    kvstore, without one row-sparse gradients diverge in silence.
    """
    kvstore = "device" if len(contexts) > 1 else None
    return gluon.Trainer(
        net.collect_params(),
        optimizer,
        {"learning_rate": lr},
        kvstore=kvstore,
        update_on_kvstore=False if kvstore else None,
    )


def initialize(net: Any, contexts: list[Any], seed: int) -> None:
    """Initialize what is not, as `seed` says, and put everything on `contexts`."""
    mx.random.seed(seed)
    parameters = net.collect_params()
    for parameter in parameters.values():
        if parameter._data is None and not parameter._deferred_init:
            parameter.initialize(ctx=contexts, default_init=init.Uniform())
        elif set(parameter.list_ctx()) != set(contexts):
            parameter.reset_ctx(contexts)


def check_in_place(
    net: Any, batches: Any, optimizer: str, contexts: list[Any], clip_norm: float | None
) -> bool:
    """Whether `batches` are for the net's own steps in place and not for the Trainer; TypeError or ValueError
    for what cannot go with that.
    """
    if not isinstance(batches, BlockBatches):
        return False
    kind = type(batches).__name__
    if not isinstance(net, InPlaceNet):
        raise TypeError(f"net takes a SkipGram with {kind}; got {type(net).__name__}")
    if optimizer != "sgd":
        raise ValueError(f"optimizer takes 'sgd' with {kind}, which step by themselves; got {optimizer!r}")
    if len(contexts) > 1:
        raise ValueError(f"device takes one context with {kind}; got {len(contexts)}")
    if clip_norm is not None:
        raise ValueError(f"clip_norm takes None with {kind}; got {clip_norm}")
    return True


def _resample(net: Any, rng: Any) -> None:
    """Tell every layer that samples to fix its candidates (or, with None, to draw anew at each call)."""
    net.apply(lambda block: block.resample(rng) if hasattr(block, "resample") else None)


@dataclasses.dataclass
class _Loop:
    """The epochs of one `train`, and the curve they leave: (epoch, mean loss since the last point)."""

    net: Any
    trainer: gluon.Trainer
    batches: Any
    num_epochs: int
    lr: float
    schedule: str
    decay: float
    clip_norm: float | None
    seed: int
    resample_every: int
    look_every: int
    contexts: list[Any]
    in_place_steps: InPlaceSteps | None
    shown: Progress
    curve: list[tuple[float, float]] = dataclasses.field(default_factory=list)

    def train_epoch(self, epoch: int) -> dict[str, Any]:
        self.shown.start_epoch(epoch)
        start = time.perf_counter()
        total, positions, measured, seen = 0.0, 0, 0, 0  # seen: measured positions that were looked at
        recent: list[Any] = []  # losses on the device that were not looked at yet
        for losses, part, size in self._steps(epoch):
            recent.append(losses)
            for loss in recent[-1 - _AHEAD] if len(recent) > _AHEAD else []:
                loss.wait_to_read()
            positions += size
            measured += part
            if len(recent) == self.look_every:
                total += self._look(epoch, recent, total, positions, measured, seen)
                recent, seen = [], measured
        total += self._look(epoch, recent, total, positions, measured, seen)
        mx.nd.waitall()
        seconds = time.perf_counter() - start
        if not positions:
            raise ValueError("batches takes one position an epoch or more; got none")
        metrics: dict[str, Any] = {"epoch": epoch + 1, "loss": total / measured}
        metrics.update(lr=self.trainer.learning_rate, train_s=seconds)
        for name, count in self.batches.produced.items():
            metrics[name] = count
            metrics[f"{name}_per_s"] = count / seconds
        return metrics

    def _steps(self, epoch: int) -> Iterator[StepResult]:
        """Make the steps of an epoch; yield of each the losses that were measured, summed, one a context or
        none, of how many positions they are, and the step's positions.
        """
        if self.in_place_steps is not None:
            yield from self.in_place_steps.epoch(
                self.batches.epoch(epoch), lambda positions: self._set_rate(epoch, positions)
            )
            return
        # dropout: a resumed run draws the same; not once a step, since MXNet takes a millisecond to seed
        mx.random.seed(derive_seed(self.seed, epoch, 0, "device"))
        carried, positions = CarriedState(self.net), 0
        for step, batch in enumerate(self.batches.epoch(epoch)):
            losses, size = self._step(epoch, step, batch, positions, carried)
            yield StepResult(losses, size, size)
            positions += size

    def _step(
        self, epoch: int, step: int, batch: Any, positions: int, carried: CarriedState
    ) -> tuple[list[Any], int]:
        """One update; the loss stays on the device, so that the host prepares the next batch meanwhile."""
        if step % self.resample_every == 0:
            _resample(self.net, derive_rng(self.seed, epoch, step, "noise"))
        self._set_rate(epoch, positions)
        with autograd.record():
            losses = carried(to_device(batch, self.contexts))
        autograd.backward(losses)
        zero_gradients(self.net, self.contexts[len(losses) :])
        size = sum(loss.size for loss in losses)
        if self.clip_norm is None:
            self.trainer.step(size)
        else:
            clipped_step(self.trainer, size, self.clip_norm)
        return [loss.sum() for loss in losses], size

    def _set_rate(self, epoch: int, positions: int) -> float:
        rate = self.lr * self.decay**epoch
        if self.schedule == "linear":
            done = (epoch + self._share(positions)) / self.num_epochs
            rate *= max(_LOWEST_RATE, 1 - done)
        self.trainer.set_learning_rate(rate)
        return rate

    def _share(self, positions: int) -> float:
        return min(1.0, positions / max(1.0, self.batches.expected_positions))

    def _look(
        self, epoch: int, recent: list[Any], total: float, positions: int, measured: int, seen: int
    ) -> float:
        """Wait for the losses, show them, and return their sum."""
        loss = sum(float(part) for parts in recent for part in parts)
        if measured > seen:
            self.curve.append((epoch + self._share(positions), loss / (measured - seen)))
            self.shown.step(epoch, positions, (total + loss) / measured)
        return loss
