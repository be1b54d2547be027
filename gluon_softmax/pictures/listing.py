"""The runs that a folder holds, each in a line."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Iterator

from ..runs.folder import Run
from ..utils.checks import shown
from ..utils.errors import CheckpointError
from ..utils.files import user_path
from .history import read_history
from .table import table

_DEPTH = 3  # folders below the one that is asked about


def list_runs(folder: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """What is known of each run in `folder`, up to three folders deep, by path; a run holds no other runs.

    A damaged run has ``run`` and ``damaged``, what is wrong with it, alone. Raises ValueError unless the
    folder is there.
    """
    root = user_path("folder", folder)
    if not root.is_dir():
        raise ValueError(f"folder takes a folder that is there; got {shown(str(root))}")
    return [_entry(path) for path in sorted(_find(root, _DEPTH))]


def _find(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / "config.json").is_file():
        yield folder
        return
    try:
        below = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:  # not ours to read
        below = []
    for path in below if depth else ():
        yield from _find(path, depth - 1)


def _entry(path: Path) -> dict[str, Any]:
    run = Run(path)
    try:
        history = read_history(run, path.name)
    except (CheckpointError, OSError) as error:
        return {"run": str(path), "damaged": str(error)}
    best = history.best
    changed = max(file.stat().st_mtime for file in (run.config_path, run.metrics_path) if file.exists())
    return {
        "run": str(path),
        "model": history.model,
        "softmax": history.softmax,
        "corpus": history.corpus,
        "epochs": len(history.epochs),
        "num_epochs": history.options["num_epochs"],
        "valid_loss": None if best is None else history.valid_loss[best],
        "valid_perplexity": None if best is None else history.valid_perplexity[best],
        "train_s": history.seconds[-1] if history.seconds else 0.0,
        "changed": time.strftime("%Y-%m-%d %H:%M", time.localtime(changed)),
    }


def as_text(found: list[dict[str, Any]]) -> list[str]:
    """The runs as lines of a table; below it what is wrong with damaged ones."""
    whole = [entry for entry in found if "damaged" not in entry]
    head = [
        "run",
        "model",
        "softmax",
        "corpus",
        "epochs",
        "held-out loss",
        "perplexity",
        "seconds",
        "changed",
    ]
    rows = [
        [
            entry["run"],
            entry["model"],
            entry["softmax"],
            entry["corpus"],
            f"{entry['epochs']}/{entry['num_epochs']}",
            _figure(entry["valid_loss"]),
            _figure(entry["valid_perplexity"]),
            f"{entry['train_s']:,.1f}",
            entry["changed"],
        ]
        for entry in whole
    ]
    lines = table([head, *rows]) if rows else []
    return lines + [f"{entry['run']} is damaged: {entry['damaged']}" for entry in found if "damaged" in entry]


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:,.3f}"
