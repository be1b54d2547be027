"""Small corpora and runs of a fraction of a second, for the tests of runs and of the command line."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Callable, Tuple, Union

from gluon_softmax.runs.commands import train_run
from gluon_softmax.runs.options import Given
from gluon_softmax.utils.types import Metrics

SENTENCES = [
    "the intel chip has memory",
    "a bank gave the loan",
    "the chip of a computer",
    "the bank has credit",
]
Call = Callable[
    ..., Tuple[int, str, str]
]  # a command -> its status, and what it printed to stdout and stderr
Value = Union[str, int, float, bool, None]


def write_corpus(folder: Path, seed: int = 0, sentences: int = 120) -> Path:
    """Sentences of two topics, with frequent words of both and a rare word in each split."""
    rng = random.Random(seed)
    topics = [["chip", "intel", "memory", "computer"], ["bank", "loan", "credit", "deposit"]]
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in (("train", sentences), ("valid", 20), ("test", 15)):
        lines = [
            " ".join(rng.choices([*rng.choice(topics), "the", "the", "of", "<unk>"], k=rng.randint(2, 9)))
            for _ in range(count)
        ]
        (folder / f"{split}.txt").write_text("\n".join([*lines, f"rare{split} the chip"]) + "\n")
    return folder


def write_sentences(folder: Path, sentences: list[str] = SENTENCES) -> Path:
    """The same few sentences again and again; `SENTENCES` have 13 types, `<unk>` among them."""
    for split, repeats in (("train", 40), ("valid", 5), ("test", 3)):
        (folder / f"{split}.txt").write_text("\n".join(sentences * repeats))
    return folder


def small(corpus: Path, **given: Value) -> dict[str, Value]:
    """Options of a run that takes a fraction of a second per epoch; its few words are not subsampled."""
    defaults = {"min_freq": 3, "embed_size": 6, "batch_size": 64, "num_epochs": 2, "lr": 0.02}
    kind = {"device": "cpu", "subsampling": "none"}
    return {"corpus": str(corpus), **defaults, **kind, **given}


def small_argv(corpus: Path, run: Path, *more: str) -> list[str]:
    """The command that trains a small skip-gram on `write_sentences`."""
    options = (
        f"train --corpus {corpus} --embed-size 5 --batch-size 64 --subsampling none --device cpu --out {run}"
    )
    return [*options.split(), *more]


def train(folder: Path, given: Given, *, resume: bool = False, overwrite: bool = False) -> list[Metrics]:
    """Train silently; the metrics of each epoch."""
    return train_run(
        folder, given, resume=resume, overwrite=overwrite, progress="none", say=lambda _: None
    ).history


def without_time(folder: Path) -> list[dict[str, Any]]:
    """The metrics of a run, without what a clock measured."""
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if not k.endswith("_s")} for line in lines]


def check_error(result: tuple[int, str, str], *parts: str) -> None:
    """A user's error: status 2, nothing on stdout, one line on stderr that has every part."""
    status, out, err = result
    assert (status, out) == (2, "")
    assert err.startswith("gluon-softmax: error: ") and err.count("\n") == 1
    for part in parts:
        assert part in err
