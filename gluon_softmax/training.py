"""One training loop around ``gluon.Trainer`` that knows no model: it calls ``net(*batch)`` and takes the mean over the batch's positions."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Callable

from .backend import autograd, gluon, init, mx
from .checkpoint import Checkpoint
from .checks import check_choice, check_number, check_positive_int
from .device import as_contexts
from .evaluation import held_out_loss
from .progress import Progress, save_loss_plot
from .randomness import derive_rng, derive_seed
from .sharding import to_device

OPTIMIZERS = ("sgd", "adam", "adagrad")
SCHEDULES = ("constant", "linear")
_SYNC_EVERY = 50  # steps between two looks at the loss: a look waits for the engine, never looking lets its queue grow
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
    schedule: str = "constant",
    seed: int = 0,
    resample_every: int = 1,
    hybridize: bool = True,
    checkpoint: Checkpoint | str | Path | None = None,
    progress: str = "auto",
    plot: str | Path | None = None,
    on_epoch_end: Callable[[dict[str, Any]], None] | None = None,
) -> list[dict[str, Any]]:
    """Train `net` and return one dict of metrics an epoch.

    Parameters
    ----------
    net : a block; ``net(*batch)`` gives a loss a position, in nats. It is initialized here if it was not (from `seed`), and moved to `device`.
    batches : gives the batches of an epoch by ``epoch(e)``, counts them in ``produced``, says ``expected_positions``; see `WindowBatches`.
    num_epochs, lr : epochs in all, initial learning rate. The gradient is that of the mean over the positions of the whole batch.
    optimizer : "sgd", "adam" or "adagrad"; with row-sparse gradients each updates the rows of the batch only.
    device : a context or a list of contexts, over which each batch is split; the current context if None.
    valid : batches whose mean loss is the held-out loss of each epoch.
    schedule : "constant", or "linear": falls with the positions seen, to 1e-4 of `lr`, as in word2vec.c.
    seed : with the epoch and the step it decides every draw; see `derive_rng`.
    resample_every : steps for which a layer that samples keeps its candidates (1: drawn again for every batch).
    checkpoint : a folder. After each epoch the state is written there; if it holds one, training goes on from it.
    progress : "auto", "bar", "animator", "lines" or "none"; `plot` : a picture file for the loss curve.
    on_epoch_end : called with the metrics of each epoch that is trained here.

    The metrics: ``epoch`` (from 1), ``loss`` (mean of the epoch, nats), ``valid_loss`` if `valid`, ``lr`` (at its end), ``train_s`` (seconds of this epoch's training,
    evaluation not counted), and for each name that `batches` counts the number and the number a second of this epoch, such as ``centers``, ``centers_per_s``,
    ``pairs_per_s``.

    Raises TypeError or ValueError for arguments that do not fit, and ValueError if the batches are empty.
    """
    num_epochs = check_positive_int("num_epochs", num_epochs)
    lr = check_number("lr", lr, 0, open_low=True)
    check_choice("optimizer", optimizer, OPTIMIZERS)
    check_choice("schedule", schedule, SCHEDULES)
    check_positive_int("resample_every", resample_every)
    contexts = as_contexts(device)
    _prepare(net, contexts, seed, hybridize)
    trainer = make_trainer(net, optimizer, lr, contexts)
    if checkpoint is not None and not isinstance(checkpoint, Checkpoint):
        checkpoint = Checkpoint(checkpoint)
    history: list[dict[str, Any]] = checkpoint.restore(net, trainer) if checkpoint and checkpoint.exists() else []
    shown = Progress(progress, num_epochs, batches.expected_positions)
    curve: list[tuple[float, float]] = []
    for epoch in range(len(history), num_epochs):
        metrics = _train_epoch(net, trainer, batches, epoch, num_epochs, lr, schedule, seed, resample_every, contexts, shown, curve)
        if valid is not None:
            metrics["valid_loss"] = held_out_loss(net, valid, contexts)
        history.append(metrics)
        shown.end_epoch(metrics)
        if checkpoint is not None:
            checkpoint.save(net, trainer, history)
        if on_epoch_end is not None:
            on_epoch_end(metrics)
    _resample(net, None)
    if plot is not None:
        save_loss_plot(curve, history, plot)
    return history


def make_trainer(net: Any, optimizer: str, lr: float, contexts: list[Any]) -> gluon.Trainer:
    """A Trainer whose state can be saved and that is right on several contexts with row-sparse gradients.

    Updates happen in the Trainer, not in the kvstore, so that states can be read; several contexts need a kvstore, without one row-sparse
    gradients diverge in silence.
    """
    kvstore = "device" if len(contexts) > 1 else None
    return gluon.Trainer(
        net.collect_params(), optimizer, {"learning_rate": lr}, kvstore=kvstore, update_on_kvstore=False if kvstore else None
    )


def _prepare(net: Any, contexts: list[Any], seed: int, hybridize: bool) -> None:
    """Initialize what is not, put everything on `contexts`, compile."""
    mx.random.seed(seed)
    parameters = net.collect_params()
    for parameter in parameters.values():
        if parameter._data is None and not parameter._deferred_init:
            parameter.initialize(ctx=contexts, default_init=init.Uniform())
        elif set(parameter.list_ctx()) != set(contexts):
            parameter.reset_ctx(contexts)
    if hybridize:
        net.hybridize(static_alloc=True)


def _resample(net: Any, rng: Any) -> None:
    """Tell every layer that samples to fix its candidates (or, with None, to draw anew at each call)."""
    net.apply(lambda block: block.resample(rng) if hasattr(block, "resample") else None)


def _train_epoch(
    net: Any,
    trainer: gluon.Trainer,
    batches: Any,
    epoch: int,
    num_epochs: int,
    lr: float,
    schedule: str,
    seed: int,
    resample_every: int,
    contexts: list[Any],
    shown: Progress,
    curve: list[tuple[float, float]],
) -> dict[str, Any]:
    shown.start_epoch(epoch)
    expected = max(1.0, batches.expected_positions)
    start = time.perf_counter()
    total, positions, recent, recent_positions = 0.0, 0, [], 0

    def look() -> None:
        nonlocal total, recent, recent_positions
        recent_loss = sum(float(loss) for loss in recent)
        total += recent_loss
        curve.append((epoch + min(1.0, positions / expected), recent_loss / max(1, recent_positions)))
        recent, recent_positions = [], 0
        shown.step(epoch, positions, total / max(1, positions))

    for step, batch in enumerate(batches.epoch(epoch)):
        mx.random.seed(derive_seed(seed, epoch, step, "device"))  # dropout, so that a resumed run draws the same
        if step % resample_every == 0:
            _resample(net, derive_rng(seed, epoch, step, "noise"))
        if schedule == "linear":
            done = (epoch + min(1.0, positions / expected)) / num_epochs
            trainer.set_learning_rate(lr * max(_LOWEST_RATE, 1 - done))
        with autograd.record():
            losses = [net(*shard) for shard in to_device(batch, contexts)]
        autograd.backward(losses)
        size = sum(loss.size for loss in losses)
        trainer.step(size)
        recent += [loss.sum() for loss in losses]
        positions += size
        recent_positions += size
        if (step + 1) % _SYNC_EVERY == 0:
            look()
    look()
    mx.nd.waitall()
    seconds = time.perf_counter() - start
    if not positions:
        raise ValueError("batches takes at least one batch an epoch; got none (is every sentence one word long?)")
    metrics: dict[str, Any] = {"epoch": epoch + 1, "loss": total / positions, "lr": trainer.learning_rate, "train_s": seconds}
    for name, count in batches.produced.items():
        metrics[name] = count
        metrics[f"{name}_per_s"] = count / seconds
    return metrics
