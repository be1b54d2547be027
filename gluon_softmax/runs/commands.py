"""What is done with a run: train it, go on with it, evaluate it, let it write."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from threading import Event
from typing import Any, Callable, Iterator, NamedTuple

from ..data.corpus import Corpus
from ..models.vectors import WordVectors
from ..training.checkpoint import Checkpoint
from ..utils.checks import shown
from ..utils.errors import CheckpointError, TrainingInterrupted
from ..utils.types import Context, Metrics
from .begin import Parts, contexts_of, corpus_of, prepare
from .folder import Run
from .lock import training_lock
from .models import MODELS
from .options import Given, Options, without_none
from .resolve import resolve_options
from .sizes import check_sizes

# Where the text is does not matter: what it says is known by its SHA-256. How often one looks or saves does
# not either.
_MAY_DIFFER = ("data_dir", "log_interval", "checkpoint_minutes", "keep_checkpoints")


class TrainedRun(NamedTuple):
    """What training left: the metrics of every epoch, and how it ended."""

    history: list[Metrics]
    keeps_best: bool  # the epoch with the lowest held-out loss is the one that counts
    interrupted: bool  # by Ctrl-C, with what was checkpointed in place


def train_run(
    folder: str | Path,
    given: Given,
    *,
    resume: bool = False,
    overwrite: bool = False,
    progress: str = "auto",
    say: Callable[[str], None] = print,
) -> TrainedRun:
    """Train what `given` describes into `folder`.

    Parameters
    ----------
    folder : the run's; it may exist, but may hold no run unless `resume` or `overwrite`.
    given : options by name, see `resolve_options`; those left out or None take their defaults, or with
        `resume` the run's own values.
    resume : go on from the folder's checkpoint, as if the run had not stopped. Every option must be the
        run's, but ``num_epochs`` may grow; under a schedule that falls this stretches the schedule.
    overwrite : remove the files of the run that is there, once the new one has shown that it can begin.
    progress : as in `train`.
    say : gets a line about the corpus and one about the net.

    Nothing is written or removed before all that the run needs was read, built and tried, see `prepare`; and
    nobody else can train into the folder until this ends.

    Ctrl-C ends a run that keeps its best epoch with what it has; of any other run it raises
    TrainingInterrupted, as SIGTERM does, and KeyboardInterrupt the second time. Raises CheckpointError where
    the folder holds a run, another text's run, damaged files, none to go on with, or is being trained into;
    else the errors of `resolve_options`, `prepare` and `train`. After each epoch the checkpoint, the metrics
    and the vectors are on disk.
    """
    if resume and overwrite:
        raise ValueError("resume and overwrite exclude each other; got both")
    run = Run(folder)
    run.check_folder()
    with contextlib.ExitStack() as until_it_ends:
        is_there = run.folder.is_dir()
        if is_there:
            until_it_ends.enter_context(training_lock(run.folder))
        _check_files(run, resume, overwrite)
        before = run.metrics() if resume else []
        options = _continue(run, given, say) if resume else resolve_options(given)
        parts = prepare(options, run if resume else None)
        say(repr(parts.corpus))
        say(f"{options['model']} with {parts.net.output_layer} on {', '.join(map(str, parts.contexts))}")
        for line in parts.notes:
            say(line)
        with _made(run.folder):
            if not is_there:
                until_it_ends.enter_context(training_lock(run.folder))
                _check_files(run, resume, overwrite)  # nobody else began meanwhile
            run.start(options, parts.corpus, replace=overwrite)
        return _train(run, parts, options, before, progress)


def _train(run: Run, parts: Parts, options: Options, before: list[Metrics], progress: str) -> TrainedRun:
    from ..training.loop import train

    record = _Record(run, parts, before)
    choice, interrupted, plot = parts.choice, Event(), run.folder / "loss.part.png"

    def stop() -> None:
        """Called while the interrupt is handled: SIGTERM, unlike Ctrl-C, leaves no time for figures."""
        error = sys.exc_info()[1]
        if isinstance(error, TrainingInterrupted) and error.signum != signal.SIGINT:
            raise error
        interrupted.set()

    history = train(
        parts.net,
        parts.batches,
        options["num_epochs"],
        options["lr"],
        options["optimizer"],
        parts.contexts,
        valid=parts.valid,
        evaluate=choice.evaluate,
        schedule=options["schedule"],
        decay=options["decay"],
        clip_norm=options["clip_norm"],
        weight_decay=options["weight_decay"],
        seed=options["seed"],
        resample_every=options["resample_every"],
        checkpoint=Checkpoint(run.checkpoint.folder, options["keep_checkpoints"]),
        checkpoint_minutes=options["checkpoint_minutes"],
        best=run.best if choice.keeps_best else None,
        log_interval=options["log_interval"],
        progress=progress,
        plot=plot,
        on_epoch_end=record.add,
        on_interrupt=stop if choice.keeps_best else None,
    )
    _keep_plot(plot, run.plot_path, record)
    record.replace(history)
    return TrainedRun(history, choice.keeps_best, interrupted.is_set())


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; what was made is removed again if the block raises."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # it is not empty
            for path in made:
                path.rmdir()
        raise


class _Record:
    """The metrics and the vectors of a run, on disk after each epoch."""

    def __init__(self, run: Run, parts: Parts, before: list[Metrics]) -> None:
        self._run, self._parts = run, parts
        self._history = before
        self.num_trained = 0  # epochs of this call

    def add(self, metrics: Metrics) -> None:
        """Keep an epoch that ended, in place of what was written of it and of later ones before."""
        self.num_trained += 1
        self._history = [past for past in self._history if past["epoch"] < metrics["epoch"]] + [metrics]
        self._run.keep(self._history, self._vectors())

    def replace(self, history: list[Metrics]) -> None:
        """Keep what training returned: every epoch of the checkpoint, and no other."""
        self._run.keep(history, self._vectors())

    def _vectors(self) -> WordVectors | None:
        if not self._parts.choice.has_vectors:
            return None
        weight = self._parts.net.embed.weight.list_data()[0]
        return WordVectors(self._parts.corpus.vocab.idx_to_token, weight)


def _check_files(run: Run, resume: bool, overwrite: bool) -> None:
    """Raise CheckpointError for a folder that holds a run, or none to go on with."""
    there = run.files()
    if resume and run.config_path not in there:
        raise CheckpointError(
            f"no run there: {run.folder} has no {run.config_path.name} to go on from (--resume); without it "
            "a new run begins"
        )
    if there and not (resume or overwrite):
        raise CheckpointError(
            f"{run.folder} holds {there[0].name} already: go on with it (--resume), replace it "
            "(--overwrite), or choose another folder (--out)"
        )


def _keep_plot(plot: Path, path: Path, record: _Record) -> None:
    if record.num_trained or not path.exists():
        os.replace(plot, path)
    else:  # nothing was left to do, and the curve that is there says more
        plot.unlink()


def _continue(run: Run, given: Given, say: Callable[[str], None]) -> dict[str, Any]:
    """The run's own options, with a larger ``num_epochs`` if given; an error for the first that differs."""
    before = run.config()["options"]
    chosen = without_none(given)
    kind = {**before, **{name: chosen[name] for name in ("model", "softmax") if name in chosen}}
    now = kind if kind != before else resolve_options({**before, **chosen})  # another kind has other options
    for name in now:
        grows = name == "num_epochs" and now[name] > before[name]
        if now[name] != before.get(name) and not grows and name not in _MAY_DIFFER:
            more = " or more" if name == "num_epochs" else ""
            raise CheckpointError(
                f"{run.folder} goes on with {name} {_plain(before.get(name))}{more}, as it began; "
                f"got {_plain(now[name])}"
            )
    grown = now["num_epochs"] > before["num_epochs"] and run.checkpoint.exists()
    if grown and now["schedule"] != "constant":
        say(
            f"the {now['schedule']} schedule is stretched from {before['num_epochs']} to {now['num_epochs']} "
            "epochs: what is trained had the rates of the shorter plan, so the run will not equal one of "
            f"{now['num_epochs']} epochs from the start"
        )
    return now


def _plain(value: object) -> str:
    """A value as on a command line, cut short where it is long."""
    return shown(value).strip("'")


class _Restored(NamedTuple):
    """A trained net as a run left it, the best epoch of it if that is kept, else the last."""

    net: Any  # a HybridBlock; what it can be asked depends on the model
    corpus: Corpus
    options: Options
    contexts: list[Context]


def _restore(run: Run, device: str, data_dir: str | None) -> _Restored:
    options = {**run.config()["options"], "device": device}
    if data_dir is not None:
        options["data_dir"] = data_dir
    contexts = contexts_of(options)
    corpus = corpus_of(options)
    run.check_corpus(corpus)
    check_sizes(options, len(corpus.counts), len(corpus.ids("train")))
    net = MODELS[options["model"]].net(corpus, options)
    net.initialize(ctx=contexts)
    (run.best if run.best.exists() else run.checkpoint).restore(net)
    net.hybridize(static_alloc=True)
    return _Restored(net, corpus, options, contexts)


def evaluate_run(
    folder: str | Path, device: str = "auto", data_dir: str | None = None
) -> dict[str, dict[str, float]]:
    """The figures of the run's last epoch, or of its best where that is kept, on the held-out splits.

    ``{"valid": {"loss": ...}, "test": {"loss": ...}}``, mean loss in nats per position, and for a language
    model ``perplexity``; NaN for a split without a position. Raises CheckpointError for a folder without a
    run or a checkpoint, and for another text; ValueError for a device that cannot be used.
    """
    net, corpus, options, contexts = _restore(Run(folder), device, data_dir)
    choice = MODELS[options["model"]]
    return {
        split: choice.evaluate(net, choice.held_out(corpus, options, split), contexts)
        for split in ("valid", "test")
    }


def generate_run(
    folder: str | Path, device: str = "auto", data_dir: str | None = None, **kwargs: Any
) -> list[str]:
    """Words from the language model of a run.

    `kwargs` and errors are those of `generate`, the others those of `evaluate_run`.
    """
    from ..models.generation import generate
    from ..models.language_model import LanguageModel

    run = Run(folder)
    model = run.config()["options"]["model"]
    if model != "lm":
        raise ValueError(
            f"run takes a language model, `gluon-softmax train --model lm`; {folder} is a {model}"
        )
    net, corpus, _, contexts = _restore(run, device, data_dir)
    assert isinstance(net, LanguageModel)  # what the model "lm" is
    return generate(net, corpus.vocab, device=contexts[0], **kwargs)
