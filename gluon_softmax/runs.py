"""A run is a folder: what it was told, what it measured, its vectors, its checkpoint; every file whole or not
there.

    config.json     every option, the versions, and which text: its vocabulary and counts as SHA-256
    metrics.jsonl   one object an epoch; keys of time end in ``_s`` or ``_per_s``
    vectors.txt     the word vectors, in the word2vec text format
    checkpoint/     from which training goes on
    loss.png        the loss over the epochs

Asking a run for its vectors imports neither MXNet nor d2l.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from pathlib import Path
from typing import Any, Callable, Sequence

import numpy

from . import __version__
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
from .checkpoint import Checkpoint, write_atomically
from .corpus import Corpus
from .errors import CheckpointError
from .options import Given
from .vectors import WordVectors

_MAY_DIFFER = ("data_dir",)  # where the text lies is not what it says: that is known by its SHA-256


def _vocab_sha256(tokens: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(tokens).encode()).hexdigest()


def _describe_corpus(corpus: Corpus) -> dict[str, Any]:
    tokens = corpus.vocab.idx_to_token
    return {
        "name": corpus.name,
        "vocab_size": len(tokens),
        "vocab_sha256": _vocab_sha256(tokens),
        "counts_sha256": hashlib.sha256(corpus.counts.astype("<i8").tobytes()).hexdigest(),
    }


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)


def finite_or_none(values: dict[str, Any]) -> dict[str, Any]:
    """The same with None for NaN and infinity, which JSON has no word for."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


class Run:
    """The folder of a run; raises CheckpointError, with the file's name, for what is missing or damaged."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).expanduser()
        self.config_path = self.folder / "config.json"
        self.metrics_path = self.folder / "metrics.jsonl"
        self.vectors_path = self.folder / "vectors.txt"
        self.plot_path = self.folder / "loss.png"
        self.checkpoint = Checkpoint(self.folder / "checkpoint")

    def files(self) -> list[Path]:
        """What is there of a run's files and folders."""
        paths = [
            self.config_path,
            self.metrics_path,
            self.vectors_path,
            self.plot_path,
            self.checkpoint.folder,
        ]
        return [path for path in paths if path.exists()]

    def config(self) -> dict[str, Any]:
        """``options``, ``versions`` and ``corpus`` of the run."""
        if not self.folder.exists():
            raise CheckpointError(
                f"run takes a folder that `gluon-softmax train` wrote; {self.folder} does not exist"
            )
        if not self.config_path.exists():
            raise CheckpointError(
                f"run takes a folder that `gluon-softmax train` wrote; {self.folder} has no config.json"
            )
        try:
            config: dict[str, Any] = json.loads(self.config_path.read_text(encoding="utf-8"))
            options, corpus = dict(config["options"]), dict(config["corpus"])
            corpus["vocab_size"], corpus["vocab_sha256"], corpus["counts_sha256"]
            config["options"] = resolve_options(options)
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{self.config_path} is damaged: {error}") from None
        return config

    def metrics(self) -> list[dict[str, Any]]:
        """One dict an epoch, as `train` returns them; none if no epoch ended."""
        if not self.metrics_path.exists():
            return []
        try:
            return [json.loads(line) for line in self.metrics_path.read_text(encoding="utf-8").splitlines()]
        except ValueError as error:
            raise CheckpointError(f"{self.metrics_path} is damaged: {error}") from None

    def vectors(self) -> WordVectors:
        """The word vectors; they are refused unless their words are those of the run's vocabulary."""
        config = self.config()
        if not MODELS[config["options"]["model"]].has_vectors:
            raise ValueError(
                f"{self.folder} takes no question about words: it is a {config['options']['model']}"
            )
        if not self.vectors_path.exists():
            raise CheckpointError(f"{self.folder} has no {self.vectors_path.name} yet: no epoch of it ended")
        vectors = WordVectors.load(self.vectors_path)
        if _vocab_sha256(vectors.tokens) != config["corpus"]["vocab_sha256"]:
            raise CheckpointError(
                f"{self.vectors_path} is damaged or another run's: its {len(vectors):,} words are not the "
                f"{config['corpus']['vocab_size']:,} of {config['corpus']['name']} that it was trained on"
            )
        return vectors

    def check_corpus(self, corpus: Corpus) -> None:
        """Raise CheckpointError unless `corpus` has the words and the counts that the run was trained on."""
        trained, now = self.config()["corpus"], _describe_corpus(corpus)
        for name, what in (("vocab_sha256", "words"), ("counts_sha256", "counts")):
            if trained[name] != now[name]:
                raise CheckpointError(
                    f"{self.folder} was trained on another text: the {what} of {corpus.name}, with "
                    f"{now['vocab_size']:,} types, are not those of its {trained['vocab_size']:,} types"
                )

    def clear(self) -> None:
        """Remove the run's files, and nothing else that the folder may hold."""
        for path in self.files():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def start(self, options: dict[str, Any], corpus: Corpus) -> None:
        """Write config.json."""
        from .backend import mx

        versions = {"gluon_softmax": __version__, "mxnet": mx.__version__, "numpy": numpy.__version__}
        config = {"options": options, "versions": versions, "corpus": _describe_corpus(corpus)}
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.config_path, _json(config, indent=2).encode())

    def keep(self, history: Sequence[dict[str, Any]], vectors: WordVectors | None) -> None:
        """Write metrics.jsonl and vectors.txt as they are after the last epoch of `history`."""
        lines = "".join(_json(finite_or_none(metrics)) + "\n" for metrics in history)
        write_atomically(self.metrics_path, lines.encode())
        if vectors is not None:
            vectors.save(self.vectors_path)


def train_run(
    folder: str | Path,
    given: Given,
    *,
    resume: bool = False,
    overwrite: bool = False,
    progress: str = "auto",
    say: Callable[[str], None] = print,
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
    progress, say : as in `train`; `say` gets a line about the corpus and one about the net.

    Raises CheckpointError where the folder holds a run, another text's run, or damaged files; else the errors
    of `resolve_options`, `load_corpus` and `train`. After each epoch the checkpoint, the metrics and the
    vectors are on disk.
    """
    from .training import train

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
    say(repr(corpus))
    say(f"{options['model']} with {net.output_layer} on {', '.join(map(str, contexts))}")
    if overwrite:
        run.clear()
    run.start(options, corpus)
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
        schedule=options["schedule"],
        seed=options["seed"],
        resample_every=options["resample_every"],
        checkpoint=run.checkpoint,
        progress=progress,
        plot=plot,
        on_epoch_end=keep,
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


def evaluate_run(folder: str | Path, device: str = "auto", data_dir: str | None = None) -> dict[str, Any]:
    """The figures of the run's last epoch on the splits it was not trained on.

    ``{"valid": {"loss": ...}, "test": {"loss": ...}}``, mean loss in nats a position; NaN for a split without
    one. Raises CheckpointError for a folder without a run or a checkpoint, and for another text; ValueError
    for a device that cannot be used.
    """
    run = Run(folder)
    options = {**run.config()["options"], "device": device}
    if data_dir is not None:
        options["data_dir"] = data_dir
    contexts = build_device(options)
    corpus = load_run_corpus(options)
    run.check_corpus(corpus)
    net = build_net(corpus, options)
    net.initialize(ctx=contexts)
    run.checkpoint.restore(net)
    return {split: evaluate_net(net, corpus, options, split, contexts) for split in ("valid", "test")}
