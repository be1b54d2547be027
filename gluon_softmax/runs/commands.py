"""What is done with a run: train it, go on with it, evaluate it, let it write."""

from __future__ import annotations

import math
import os
from pathlib import Path
from threading import Event
from typing import Any, Callable, NamedTuple

from ..data.corpus import Corpus, load_corpus
from ..models.vectors import WordVectors
from ..utils.errors import CheckpointError
from ..utils.types import Batches, Context, Metrics
from .folder import Run
from .models import MODELS, ModelChoice
from .options import Given, Options, without_none
from .resolve import resolve_options

# Where the text lies is not what it says: that is known by its SHA-256. How often one looks changes nothing.
_MAY_DIFFER = ("data_dir", "log_interval")


class TrainedRun(NamedTuple):
    """What training left: the metrics of every epoch, and how it ended."""

    history: list[Metrics]
    keeps_best: bool  # the epoch with the lowest held-out loss is the one that counts
    interrupted: bool  # by Ctrl-C, with what was checkpointed in place


class _Parts(NamedTuple):
    """What a run is made of, before anything of it is written."""

    choice: ModelChoice
    contexts: list[Context]
    corpus: Corpus
    net: Any  # a HybridBlock, whose `output_layer` and `embed` are its own
    batches: Batches


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
        run's, but ``num_epochs`` may grow. Where nothing was written yet, begin.
    overwrite : remove the files of the run that is there, once the new one is known to be able to begin.
    progress : as in `train`.
    say : gets a line about the corpus and one about the net.

    Ctrl-C ends a run that keeps its best epoch with what it has; any other raises KeyboardInterrupt. Raises
    CheckpointError where the folder holds a run, another text's run, or damaged files; else the errors of
    `resolve_options`, `load_corpus` and `train`. After each epoch the checkpoint, the metrics and the vectors
    are on disk.
    """
    from ..training.loop import train

    run = Run(folder)
    resume = _check_folder(run, resume, overwrite)
    options = _continue(run, given) if resume else resolve_options(given)
    parts = _prepare(run, options, resume)
    say(repr(parts.corpus))
    say(f"{options['model']} with {parts.net.output_layer} on {', '.join(map(str, parts.contexts))}")
    if overwrite:
        run.clear()
    run.start(options, parts.corpus)
    if options["vectors"] is not None and not run.checkpoint.exists():
        say(_start_from_vectors(parts, options))
    record = _Record(run, parts, options["lr"], run.metrics() if resume else [])
    choice, interrupted, plot = parts.choice, Event(), run.folder / "loss.part.png"
    history = train(
        parts.net,
        parts.batches,
        options["num_epochs"],
        options["lr"],
        options["optimizer"],
        parts.contexts,
        valid=choice.held_out(parts.corpus, options, "valid"),
        evaluate=choice.evaluate,
        schedule=options["schedule"],
        decay=options["decay"],
        clip_norm=options["clip_norm"],
        seed=options["seed"],
        resample_every=options["resample_every"],
        checkpoint=run.checkpoint,
        best=run.best if choice.keeps_best else None,
        log_interval=options["log_interval"],
        progress=progress,
        plot=plot,
        on_epoch_end=record.add,
        on_interrupt=interrupted.set if choice.keeps_best else None,
    )
    _keep_plot(plot, run.plot_path, record)
    record.replace(history)
    return TrainedRun(history, choice.keeps_best, interrupted.is_set())


class _Record:
    """The metrics and the vectors of a run, on disk after each epoch."""

    def __init__(self, run: Run, parts: _Parts, lr: float, before: list[Metrics]) -> None:
        self._run, self._parts, self._lr = run, parts, lr
        self._history = before
        self.num_trained = 0  # epochs of this call

    def add(self, metrics: Metrics) -> None:
        """Keep an epoch that ended, in place of what was written of it and of later ones before."""
        if not math.isfinite(metrics["loss"]):
            raise ValueError(
                f"training diverged: the loss is {metrics['loss']} with lr {self._lr}; try a smaller lr"
            )
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


def _check_folder(run: Run, resume: bool, overwrite: bool) -> bool:
    """Whether there is a run to go on with; an error for a folder that cannot be trained into."""
    if resume and overwrite:
        raise ValueError("resume and overwrite exclude each other; got both")
    there = run.files()
    if there and not (resume or overwrite):
        raise CheckpointError(
            f"{run.folder} holds {there[0].name} already: go on with it (--resume), replace it "
            "(--overwrite), or choose another folder (--out)"
        )
    return resume and bool(there)


def _prepare(run: Run, options: Options, resume: bool) -> _Parts:
    """Build all that a run needs, so that what cannot begin fails before anything is written."""
    from ..training.trainer import check_in_place

    choice, contexts = MODELS[options["model"]], contexts_of(options)
    corpus = corpus_of(options)
    if resume:
        run.check_corpus(corpus)
    net, batches = choice.net(corpus, options), choice.batches(corpus, options)
    if next(iter(batches.epoch(0)), None) is None:
        raise ValueError(
            f"corpus takes text of which something is left to train on; got none of {corpus.name}'s "
            f"{len(corpus.ids('train')):,} training tokens: is every sentence one word, or all thinned out "
            "(subsampling, threshold)?"
        )
    check_in_place(net, batches, options["optimizer"], contexts, options["clip_norm"])
    return _Parts(choice, contexts, corpus, net, batches)


def _start_from_vectors(parts: _Parts, options: Options) -> str:
    """Put the vectors of a file into the net's table; a line that says how many."""
    from ..models.pretrained import load_vectors
    from ..training.trainer import initialize

    initialize(parts.net, parts.contexts, options["seed"])
    known = load_vectors(parts.net, parts.corpus.vocab, options["vectors"])
    return f"{known:,} of {len(parts.corpus.counts):,} words begin with their vector of {options['vectors']}"


def _keep_plot(plot: Path, path: Path, record: _Record) -> None:
    if record.num_trained or not path.exists():
        os.replace(plot, path)
    else:  # nothing was left to do, and the curve that is there says more
        plot.unlink()


def _continue(run: Run, given: Given) -> dict[str, Any]:
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
                f"{run.folder} goes on with {name} {before.get(name)}{more}, as it began; got {now[name]}"
            )
    return now


def corpus_of(options: Options) -> Corpus:
    """The text of a run, as its model reads it; the errors are those of `load_corpus`."""
    return load_corpus(
        options["corpus"],
        min_freq=options["min_freq"],
        eos=MODELS[options["model"]].eos,
        data_dir=options["data_dir"],
    )


def contexts_of(options: Options) -> list[Context]:
    """The contexts of a run; ValueError for a device that is none or cannot be used."""
    from ..backend.device import parse_device

    return [parse_device(name) for name in str(options["device"]).split(",")]


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
