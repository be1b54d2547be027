"""What a run's metrics say of its epochs: losses, perplexity and speed, over epochs and over seconds."""

from __future__ import annotations

import os
import statistics
from pathlib import Path
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence

from ..runs.folder import Run
from ..utils.errors import CheckpointError

Values = List[Optional[float]]  # one per epoch, None where it was not measured or is not finite


class History(NamedTuple):
    """The epochs of one run."""

    name: str  # which tells it from the others
    folder: Path
    model: str
    softmax: str
    corpus: str
    options: Mapping[str, Any]
    vocab_sha256: str
    epochs: list[int]
    seconds: list[float]  # of training without evaluation, until the end of each epoch
    loss: Values  # in nats per position
    valid_loss: Values
    valid_perplexity: Values
    speed: Mapping[str, float]  # the median over the epochs of each figure per second, by its unit

    @property
    def best(self) -> int | None:
        """The place of the epoch with the lowest held-out loss; of the last where there is none."""
        measured = [(loss, i) for i, loss in enumerate(self.valid_loss) if loss is not None]
        return min(measured)[1] if measured else len(self.epochs) - 1 if self.epochs else None


def histories(folders: Sequence[str | os.PathLike[str]]) -> list[History]:
    """The histories of several runs, in their order.

    Raises CheckpointError for a folder that holds no run, a damaged one, or one of which no epoch has ended.
    """
    found = [read_history(Run(os.fspath(folder)), name) for folder, name in zip(folders, names_of(folders))]
    for history in found:
        if not history.epochs:
            raise CheckpointError(f"run takes a run of which an epoch has ended; {history.folder} has none")
    return found


def names_of(folders: Sequence[str | os.PathLike[str]]) -> list[str]:
    """Short names of different folders: the last part of each path, or all of it where that is not enough."""
    last = [Path(os.path.abspath(folder)).name for folder in folders]
    return [name if last.count(name) == 1 else str(folder) for name, folder in zip(last, folders)]


def read_history(run: Run, name: str) -> History:
    """The history of a run, which may have no epoch yet; raises CheckpointError for a damaged one."""
    config, metrics = run.config(), run.metrics()
    seconds, total = [], 0.0
    for epoch in metrics:
        total += _number(epoch.get("train_s")) or 0.0
        seconds.append(total)
    units = sorted({key for epoch in metrics for key in epoch if key.endswith("_per_s")})
    speed = {}
    for unit in units:
        values = [value for value in _values(metrics, unit) if value is not None]
        if values:
            speed[unit] = statistics.median(values)
    options = config["options"]
    return History(
        name,
        run.folder,
        options["model"],
        options["softmax"],
        config["corpus"]["name"],
        options,
        config["corpus"]["vocab_sha256"],
        [epoch["epoch"] for epoch in metrics],
        seconds,
        _values(metrics, "loss"),
        _values(metrics, "valid_loss"),
        _values(metrics, "valid_perplexity"),
        speed,
    )


def _values(metrics: Sequence[Mapping[str, Any]], key: str) -> Values:
    return [_number(epoch.get(key)) for epoch in metrics]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def why_not_comparable(found: Sequence[History]) -> list[str]:
    """What makes losses of these runs different things, each in a sentence."""
    notes = []
    if len({(history.model, history.softmax) for history in found}) > 1:
        notes.append(
            "these runs have different models or output layers, whose losses measure different things; "
            "perplexity, where there is one, is the same measure for all of them"
        )
    if len({history.vocab_sha256 for history in found}) > 1:
        notes.append("these runs have different vocabularies, so neither loss nor perplexity compares")
    return notes
