"""A run is a folder: its options, its metrics, its vectors, its checkpoint; every file whole or not there.

    config.json     every option, the versions, and which text: its vocabulary and counts as SHA-256
    metrics.jsonl   one object per epoch; keys of time end in ``_s`` or ``_per_s``
    vectors.txt     the word vectors, in the word2vec text format
    checkpoint/     from which training goes on
    best/           the epoch with the lowest held-out loss (language model)
    loss.png        the loss over the epochs

Asking a run for its vectors imports neither MXNet nor d2l.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy

from .. import __version__
from ..data.corpus import Corpus
from ..models.vector_cache import cache_paths
from ..models.vectors import WordVectors
from ..training.checkpoint import Checkpoint
from ..utils.checks import check_positive_int, shown
from ..utils.errors import CheckpointError
from ..utils.files import parse_json, remove_parts, user_path, whole_file, write_whole
from .defaults import BEFORE
from .models import MODELS
from .resolve import check_written, resolve_options


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


def finite_or_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with None for NaN and infinity, which JSON has no word for."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


def _object(name: str, value: object) -> dict[str, Any]:
    """`value` if it is what JSON calls an object; ValueError for anything else."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} takes an object; got {shown(value)}")
    return value


def _check_described(corpus: Mapping[str, object]) -> None:
    """Raise TypeError or ValueError unless `corpus` is what `_describe_corpus` gives."""
    check_positive_int("corpus vocab_size", corpus.get("vocab_size"))
    for name in ("name", "vocab_sha256", "counts_sha256"):
        if not isinstance(corpus.get(name), str):
            raise TypeError(f"corpus {name} takes a string; got {shown(corpus.get(name))}")


class Run:
    """The folder of a run; raises CheckpointError, with the file's name, for what is missing or damaged."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = user_path("run", folder)
        self.config_path = self.folder / "config.json"
        self.metrics_path = self.folder / "metrics.jsonl"
        self.vectors_path = self.folder / "vectors.txt"
        self.plot_path = self.folder / "loss.png"
        self.checkpoint = Checkpoint(self.folder / "checkpoint")
        self.best = Checkpoint(self.folder / "best")

    def check_folder(self) -> None:
        """Raise ValueError unless the folder is one, or may be made."""
        there = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        if not there.is_dir():
            raise ValueError(f"out takes a folder; got {shown(str(self.folder))}, and {there} is a file")

    def files(self) -> list[Path]:
        """What is there of a run's files and folders."""
        paths = [
            self.config_path,
            self.metrics_path,
            self.vectors_path,
            *cache_paths(self.vectors_path),
            self.plot_path,
            self.checkpoint.folder,
            self.best.folder,
        ]
        return [path for path in paths if path.exists()]

    def config(self) -> dict[str, Any]:
        """``options``, ``versions`` and ``corpus`` of the run.

        An option that the file lacks, since it came later, is what every run did `BEFORE`.
        """
        if not self.folder.exists():
            raise CheckpointError(
                f"run takes a folder that `gluon-softmax train` wrote; {self.folder} does not exist"
            )
        if not self.config_path.exists():
            raise CheckpointError(
                f"run takes a folder that `gluon-softmax train` wrote; {self.folder} has no config.json"
            )
        try:
            config = _object("it", parse_json(self.config_path.read_bytes()))
            options = _object("options", config.get("options"))
            check_written(options)
            _check_described(_object("corpus", config.get("corpus")))
            return {**config, "options": resolve_options(options, BEFORE)}
        except (ValueError, TypeError) as error:
            raise CheckpointError(f"{self.config_path} is damaged: {error}") from None

    def metrics(self) -> list[dict[str, Any]]:
        """One dict per epoch, as `train` returns them; none if no epoch ended."""
        if not self.metrics_path.exists():
            return []
        found = []
        for number, line in enumerate(self.metrics_path.read_bytes().split(b"\n"), start=1):
            if not line:
                continue
            try:
                metrics = _object("it", parse_json(line))
                check_positive_int("epoch", metrics.get("epoch"))
            except (ValueError, TypeError) as error:
                raise CheckpointError(f"{self.metrics_path}, line {number}, is damaged: {error}") from None
            found.append(metrics)
        return found

    def vectors(self) -> WordVectors:
        """The word vectors; they are refused unless their words are those of the run's vocabulary."""
        config = self.config()
        if not MODELS[config["options"]["model"]].has_vectors:
            raise ValueError(
                f"{self.folder} takes no question about words: it is a {config['options']['model']}"
            )
        if not self.vectors_path.exists():
            raise CheckpointError(f"{self.folder} has no {self.vectors_path.name} yet: no epoch of it ended")
        vectors = WordVectors.load(self.vectors_path, cache=True)
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

    def start(self, options: dict[str, Any], corpus: Corpus, replace: bool = False) -> None:
        """Write config.json; with `replace` the files of the run that is there go, once it can be written.

        What a process that was killed left half written goes too.
        """
        from ..backend import mx

        versions = {"gluon_softmax": __version__, "mxnet": mx.__version__, "numpy": numpy.__version__}
        config = {"options": options, "versions": versions, "corpus": _describe_corpus(corpus)}
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_parts(self.folder)
        with whole_file(self.config_path) as file:
            file.write(_json(config, indent=2).encode())
            if replace:
                self.clear()

    def keep(self, history: Sequence[dict[str, Any]], vectors: WordVectors | None) -> None:
        """Write metrics.jsonl and vectors.txt as they are after the last epoch of `history`."""
        lines = "".join(_json(finite_or_none(metrics)) + "\n" for metrics in history)
        write_whole(self.metrics_path, lines.encode())
        if vectors is not None:
            vectors.save(self.vectors_path)
