"""How a step is made: forward, backward and an update, at a rate and with candidates that its place decides.

No model is known here: the net is called with the fields of a batch and gives a loss per position.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, Iterator, Sequence

import numpy

from ..backend import autograd, gluon, init, mx
from ..utils.checks import check_choice, check_number, check_positive_int, check_scale
from ..utils.randomness import derive_rng, derive_seed
from ..utils.types import Array, Batches, BlockBatches, Context, InPlaceNet, StepResult
from .carried_state import CarriedState
from .checkpoint import PartialEpoch
from .clipping import clipped_step
from .data_parallel import to_device, zero_gradients
from .meter import share_of_epoch

OPTIMIZERS = ("sgd", "adam", "adagrad")
SCHEDULES = ("constant", "linear")
MIN_RATE = 1e-4  # of the initial rate, as in word2vec.c
STEPS_PER_SEED = 32  # steps between two places where a run can be saved, each with its own random numbers


@dataclasses.dataclass(frozen=True)
class StepOptions:
    """What decides the steps of a run; `train` says what each option means."""

    num_epochs: int
    lr: float
    optimizer: str
    schedule: str
    decay: float
    clip_norm: float | None
    seed: int
    resample_every: int
    weight_decay: float = 0.0

    def checked(self) -> StepOptions:
        """The same as plain numbers; raises TypeError or ValueError for the first that does not fit."""
        return StepOptions(
            num_epochs=check_positive_int("num_epochs", self.num_epochs),
            lr=check_scale("lr", self.lr),
            optimizer=check_choice("optimizer", self.optimizer, OPTIMIZERS),
            schedule=check_choice("schedule", self.schedule, SCHEDULES),
            decay=check_number("decay", self.decay, 0, 1, open_low=True),
            clip_norm=None if self.clip_norm is None else check_scale("clip_norm", self.clip_norm),
            seed=check_positive_int("seed", self.seed, 0),
            resample_every=check_positive_int("resample_every", self.resample_every),
            weight_decay=check_scale("weight_decay", self.weight_decay, or_zero=True),
        )

    def rate(self, epoch: int, share: float) -> float:
        """The learning rate where the share `share`, in [0, 1], of `epoch` is over."""
        rate = self.lr * self.decay**epoch
        if self.schedule == "linear":
            rate *= max(MIN_RATE, 1 - (epoch + share) / self.num_epochs)
        return rate


class TrainingSteps:
    """The steps of a run, epoch by epoch.

    Parameters
    ----------
    net : an initialized block.
    trainer : its Trainer, see `make_trainer`.
    batches : what is trained on. For `SkipGramBlocks` the net makes its own steps, see `check_in_place`.
    contexts : over which each batch is split.
    options : what decides the steps.

    ``batches_taken`` counts those of the epoch so far. At a result that is `at_boundary` the run can be
    saved: what comes after depends on nothing but the parameters, the optimizer's arrays and `PartialEpoch`.
    """

    def __init__(
        self,
        net: gluon.Block,
        trainer: gluon.Trainer,
        batches: Batches,
        contexts: list[Context],
        options: StepOptions,
    ) -> None:
        self.net, self.trainer, self.batches, self.contexts = net, trainer, batches, contexts
        self._options = options
        self._carried = CarriedState(net)
        self.batches_taken = 0
        self._in_place = None
        if isinstance(batches, BlockBatches) and isinstance(net, InPlaceNet):
            self._in_place = net.in_place_sgd(batches, contexts[0], options.lr)

    def epoch(self, epoch: int, begun: PartialEpoch | None = None) -> Iterator[StepResult]:
        """Make the steps of an epoch, or of what is left of one, and yield what each measured.

        The losses stay on the device, so that the host prepares the next batch meanwhile.
        """
        self.batches_taken = 0 if begun is None else begun.batches
        before = 0 if begun is None else begun.positions
        self._carried = CarriedState(self.net)
        if begun is not None:
            self._carried.go_on(begun.carried, self.contexts)
            self.trainer.set_learning_rate(begun.lr)  # it may have been the epoch's last step
        batches = self._taken(itertools.islice(self.batches.epoch(epoch), self.batches_taken, None))
        if self._in_place is not None:
            return self._in_place.epoch(batches, lambda positions: self._set_rate(epoch, before + positions))
        return self._trainer_steps(epoch, batches, before)

    def _taken(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            self.batches_taken += 1
            yield batch

    def _trainer_steps(self, epoch: int, batches: Iterator[Any], positions: int) -> Iterator[StepResult]:
        begun = self.batches_taken
        for step, batch in enumerate(batches, begun):
            self._draw(epoch, step, step == begun)
            self._set_rate(epoch, positions)
            losses, size = self._update(batch, self._carried)
            yield StepResult(losses, size, size, (step + 1) % STEPS_PER_SEED == 0)
            positions += size

    def _draw(self, epoch: int, step: int, is_first: bool) -> None:
        """Give a step the random numbers of its place, whatever came before it."""
        options = self._options
        if step % STEPS_PER_SEED == 0:  # not at every step: with dropout it takes MXNet a millisecond
            mx.random.seed(derive_seed(options.seed, epoch, step, "device"))
        drawn = step - step % options.resample_every
        if step == drawn or is_first:
            resample(self.net, derive_rng(options.seed, epoch, drawn, "noise"))

    def carried(self) -> list[list[numpy.ndarray]]:
        """The state of a recurrent net after the last step, on the host."""
        return self._carried.on_host()

    def _update(self, batch: Sequence[numpy.ndarray], carried: CarriedState) -> tuple[list[Array], int]:
        """One update; gives the sum of the losses on each context, and of how many positions they are."""
        with autograd.record():
            losses = carried(to_device(batch, self.contexts))
        autograd.backward(losses)
        zero_gradients(self.net, self.contexts[len(losses) :])
        size = sum(loss.size for loss in losses)
        if self._options.clip_norm is None:
            self.trainer.step(size)
        else:
            clipped_step(self.trainer, size, self._options.clip_norm)
        return [loss.sum() for loss in losses], size

    def _set_rate(self, epoch: int, positions: int) -> float:
        share = share_of_epoch(positions, self.batches.expected_positions)
        rate = self._options.rate(epoch, share)
        self.trainer.set_learning_rate(rate)
        return rate


def resample(net: gluon.Block, rng: numpy.random.Generator | None) -> None:
    """Let every layer that samples fix its candidates, or, with None, draw anew at each call."""
    net.apply(lambda block: block.resample(rng) if hasattr(block, "resample") else None)


def make_trainer(
    net: gluon.Block, optimizer: str, lr: float, contexts: Sequence[Context], weight_decay: float = 0.0
) -> gluon.Trainer:
    """A Trainer whose state can be saved, and that is right on several contexts with row-sparse gradients.

    The Trainer makes the updates and not the kvstore, so that states can be read. Several contexts need a
    kvstore: without one, their row-sparse gradients silently diverge. Raises the error of
    `check_weight_decay`.
    """
    check_weight_decay(net, optimizer, weight_decay)
    kvstore = "device" if len(contexts) > 1 else None
    return gluon.Trainer(
        net.collect_params(),
        optimizer,
        {"learning_rate": lr, "wd": weight_decay},
        kvstore=kvstore,
        update_on_kvstore=False if kvstore else None,
    )


def check_weight_decay(net: gluon.Block, optimizer: str, weight_decay: float) -> None:
    """Raise ValueError for the one weight decay that MXNet has no operator for, before the first step."""
    if not weight_decay or optimizer != "adagrad":
        return
    for parameter in net.collect_params().values():
        if parameter._grad_stype == "row_sparse" and parameter.wd_mult and parameter.grad_req != "null":
            raise ValueError(
                f"weight_decay takes 0 with adagrad and the row-sparse gradient of {parameter.name}; "
                f"got {weight_decay:g} (sparse_grad=False, or another optimizer, takes it)"
            )


def initialize(net: gluon.Block, contexts: Sequence[Context], seed: int) -> None:
    """Initialize the parameters that are not yet, from `seed`, and put all of them on `contexts`.

    Raises TypeError for a net that is no Gluon block.
    """
    if not isinstance(net, gluon.Block):
        raise TypeError(f"net takes a Gluon block; got {type(net).__name__}")
    mx.random.seed(seed)
    parameters = net.collect_params()
    for parameter in parameters.values():
        if parameter._data is None and not parameter._deferred_init:
            parameter.initialize(ctx=contexts, default_init=init.Uniform())
        elif set(parameter.list_ctx()) != set(contexts):
            parameter.reset_ctx(contexts)


def check_in_place(
    net: gluon.Block,
    batches: object,
    optimizer: str,
    contexts: Sequence[Context],
    clip_norm: float | None,
    weight_decay: float = 0.0,
) -> bool:
    """Whether `batches` are for steps that the net makes itself, in place, and not for the Trainer.

    Raises TypeError or ValueError for what does not go with such steps.
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
    if weight_decay:
        raise ValueError(
            f"weight_decay takes 0 with {kind}, whose steps touch the rows of their batch alone; "
            f"got {weight_decay}"
        )
    return True
