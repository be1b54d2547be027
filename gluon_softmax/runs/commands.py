"""What is done with a run: train it, go on with it, evaluate it, let it write."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any, Callable

from ..data.corpus import Corpus
from ..models.vectors import WordVectors
from ..utils.errors import CheckpointError
from .build import (
    MODELS,
    build_batches,
    build_device,
    build_held_out,
    build_net,
    evaluate_net,
    load_run_corpus,
    resolve_options,
)
from .folder import Run
from .options import Given

# Where the text lies is not what it says: that is known by its SHA-256. How often one looks changes nothing.
_MAY_DIFFER = ("data_dir", "log_interval")


def train_run(
    folder: str | Path,
    given: Given,
    *,
    resume: bool = False,
    overwrite: bool = False,
    progress: str = "auto",
    say: Callable[[str], None] = print,
    on_interrupt: Callable[[], None] | None = None,
) -> list[dict[str, Any]]:
    """Train what `given` describes into `folder` and return the metrics of every epoch.

    Parameters
    ----------
    folder : the run's; it may exist, but may hold no run unless `resume` or `overwrite`.
    given : options by name, see `resolve_options`; those left out or None take their defaults, or with
        `resume` the run's own values.
    resume : go on from the folder's checkpoint, as if the run had not stopped. Every option must be the
        run's, but ``num_epochs`` may grow. Where nothing was written yet, begin.
    overwrite : remove the files of the run that is there, once the new one is known to be able to begin.
    progress, on_interrupt : as in `train`.
    say : gets a line about the corpus and one about the net.

    Raises CheckpointError where the folder holds a run, another text's run, or damaged files; else the errors
    of `resolve_options`, `load_corpus` and `train`. After each epoch the checkpoint, the metrics and the
    vectors are on disk.
    """
    from ..models.pretrained import load_vectors
    from ..training.loop import check_in_place, initialize, train

    run = Run(folder)
    if resume and overwrite:
        raise ValueError("resume and overwrite exclude each other; got both")
    resume = resume and bool(run.files())
    if run.files() and not (resume or overwrite):
        raise CheckpointError(
            f"{run.folder} holds {run.files()[0].name} already: go on with it (--resume), replace it "
            "(--overwrite), or choose another folder (--out)"
        )
    options = _continue(run, given) if resume else resolve_options(given)
    contexts = build_device(options)
    corpus = load_run_corpus(options)
    if resume:
        run.check_corpus(corpus)
    net, batches = build_net(corpus, options), build_batches(corpus, options)
    if next(iter(batches.epoch(0)), None) is None:
        raise ValueError(
            f"corpus takes text of which something is left to train on; got none of {corpus.name}'s "
            f"{len(corpus.ids('train')):,} training tokens: is every sentence one word, or all thinned out "
            "(subsampling, threshold)?"
        )
    check_in_place(net, batches, options["optimizer"], contexts, options["clip_norm"])
    say(repr(corpus))
    say(f"{options['model']} with {net.output_layer} on {', '.join(map(str, contexts))}")
    if overwrite:
        run.clear()
    run.start(options, corpus)
    if options["vectors"] is not None and not run.checkpoint.exists():
        initialize(net, contexts, options["seed"])
        known = load_vectors(net, corpus.vocab, options["vectors"])
        say(f"{known:,} of {len(corpus.counts):,} words begin with their vector of {options['vectors']}")
    history = run.metrics() if resume else []
    trained: list[int] = []  # the epochs of this call

    def vectors() -> WordVectors | None:
        if not MODELS[options["model"]].has_vectors:
            return None
        return WordVectors(corpus.vocab.idx_to_token, net.embed.weight.list_data()[0])

    def keep(metrics: dict[str, Any]) -> None:
        if not math.isfinite(metrics["loss"]):
            raise ValueError(
                f"lr takes a smaller number: the loss is {metrics['loss']} with lr {options['lr']}"
            )
        trained.append(metrics["epoch"])
        history[:] = [past for past in history if past["epoch"] < metrics["epoch"]] + [metrics]
        run.keep(history, vectors())

    plot = run.folder / "loss.part.png"
    measured = train(
        net,
        batches,
        options["num_epochs"],
        options["lr"],
        options["optimizer"],
        contexts,
        valid=build_held_out(corpus, options),
        evaluate=MODELS[options["model"]].evaluate,
        schedule=options["schedule"],
        decay=options["decay"],
        clip_norm=options["clip_norm"],
        seed=options["seed"],
        resample_every=options["resample_every"],
        checkpoint=run.checkpoint,
        best=run.best if MODELS[options["model"]].keeps_best else None,
        log_interval=options["log_interval"],
        progress=progress,
        plot=plot,
        on_epoch_end=keep,
        on_interrupt=on_interrupt,
    )
    if trained or not run.plot_path.exists():
        os.replace(plot, run.plot_path)
    else:  # nothing was left to do, and the curve that is there says more
        plot.unlink()
    run.keep(measured, vectors())
    return measured


def _continue(run: Run, given: Given) -> dict[str, Any]:
    """The run's own options, with a larger ``num_epochs`` if given; an error for the first that differs."""
    before = run.config()["options"]
    told = {name: value for name, value in given.items() if value is not None}
    kind = {**before, **{name: told[name] for name in ("model", "softmax") if name in told}}
    now = kind if kind != before else resolve_options({**before, **told})  # another kind has other options
    for name in now:
        grows = name == "num_epochs" and now[name] > before[name]
        if now[name] != before.get(name) and not grows and name not in _MAY_DIFFER:
            more = " or more" if name == "num_epochs" else ""
            raise CheckpointError(
                f"{run.folder} goes on with {name} {before.get(name)}{more}, as it began; got {now[name]}"
            )
    return now


def _restore(run: Run, device: str, data_dir: str | None) -> tuple[Any, Corpus, dict[str, Any], list[Any]]:
    """The run's net, the best epoch of it if that is kept, else the last; its text, options and contexts."""
    options = {**run.config()["options"], "device": device}
    if data_dir is not None:
        options["data_dir"] = data_dir
    contexts = build_device(options)
    corpus = load_run_corpus(options)
    run.check_corpus(corpus)
    net = build_net(corpus, options)
    net.initialize(ctx=contexts)
    (run.best if run.best.exists() else run.checkpoint).restore(net)
    net.hybridize(static_alloc=True)
    return net, corpus, options, contexts


def evaluate_run(folder: str | Path, device: str = "auto", data_dir: str | None = None) -> dict[str, Any]:
    """The figures of the run's last epoch, or of its best where that is kept, on the splits that it was not
    trained on.

    ``{"valid": {"loss": ...}, "test": {"loss": ...}}``, mean loss in nats a position, and for a language
    model ``perplexity``; NaN for a split without a position. Raises CheckpointError for a folder without a
    run or a checkpoint, and for another text; ValueError for a device that cannot be used.
    """
    net, corpus, options, contexts = _restore(Run(folder), device, data_dir)
    return {split: evaluate_net(net, corpus, options, split, contexts) for split in ("valid", "test")}


def generate_run(
    folder: str | Path, device: str = "auto", data_dir: str | None = None, **kwargs: Any
) -> list[str]:
    """Words from the language model of a run; `kwargs` and errors are those of `generate`, the others those
    of `evaluate_run`.
    """
    from ..models.generation import generate

    run = Run(folder)
    model = run.config()["options"]["model"]
    if model != "lm":
        raise ValueError(
            f"run takes a language model, `gluon-softmax train --model lm`; {folder} is a {model}"
        )
    net, corpus, _, contexts = _restore(run, device, data_dir)
    return generate(net, corpus.vocab, device=contexts[0], **kwargs)
