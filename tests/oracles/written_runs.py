"""Runs written by hand, of which every figure is known: no training, so tests of pictures take no time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Sequence

import numpy

from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.runs.resolve import resolve_options

TOKENS = ["<unk>", "the", "chip", "bank", "loan"]
MATRIX = [[0.0, 0.1], [1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.8, 0.6]]


def write_run(
    folder: Path,
    metrics: Sequence[dict[str, Any]] | None = None,
    tokens: Sequence[str] = TOKENS,
    **given: Any,
) -> Path:
    """A run of the options `given`, with its metrics, by default those of two epochs, and its vectors."""
    options = resolve_options({"corpus": "ptb", "num_epochs": 3, **given})
    if metrics is None:
        metrics = [epoch(1, 3.0, 2.75, 2.0, 100.0), epoch(2, 2.5, 2.5, 4.0, 300.0)]
    folder.mkdir(parents=True)
    described = {
        "name": options["corpus"],
        "vocab_size": len(tokens),
        "vocab_sha256": hashlib.sha256("\n".join(tokens).encode()).hexdigest(),
        "counts_sha256": "0",
    }
    config = {"options": options, "versions": {}, "corpus": described}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in metrics))
    if options["model"] != "lm":
        matrix = numpy.array(MATRIX, "float32")[: len(tokens)]
        WordVectors(tokens, matrix).save(folder / "vectors.txt")
    return folder


def epoch(number: int, loss: float, valid_loss: float | None, seconds: float, speed: float) -> dict[str, Any]:
    """The metrics of one epoch."""
    figures = {"epoch": number, "loss": loss, "lr": 0.1, "train_s": seconds, "centers_per_s": speed}
    return {**figures, "valid_loss": valid_loss}
