"""Runs side by side: the options that differ, the best figures, the speed, and neighbours of a few words."""

from __future__ import annotations

from typing import Any, Sequence

from ..models.vectors import WordVectors
from ..runs.folder import Run
from ..runs.models import MODELS
from ..utils.checks import check_positive_int
from .history import History, why_not_comparable
from .table import table

_USUAL = ("chip", "bank", "oil")  # words of both corpora


def compare(found: Sequence[History], words: Sequence[str] | None = None, k: int = 5) -> dict[str, Any]:
    """What a reader wants to know of runs side by side, as JSON has it.

    Parameters
    ----------
    found : runs with at least one epoch each.
    words : whose `k` nearest words are listed; None takes three that all runs with vectors know.
    k : how many.

    ``runs``: name, folder, epochs, the best epoch and its figures, seconds of training, speed. ``options``:
    by name, the values of all runs, only where they differ; None for an option that a kind of run lacks.
    ``neighbours``: by word, a list per run of words and cosines, None for a run without vectors. ``notes``:
    what does not compare. Raises KeyError for a word that a run does not know, TypeError or ValueError for
    `k`, CheckpointError for damaged vectors.
    """
    check_positive_int("k", k)
    vectors = [_vectors(history) for history in found]
    known = [one for one in vectors if one is not None]
    return {
        "runs": [_summary(history) for history in found],
        "options": _differences(found),
        "neighbours": {
            word: [None if one is None else _neighbours(one, word, k) for one in vectors]
            for word in (_default_words(known) if words is None else words if known else ())
        },
        "notes": why_not_comparable(found),
    }


def _vectors(history: History) -> WordVectors | None:
    return Run(history.folder).vectors() if MODELS[history.model].has_vectors else None


def _neighbours(vectors: WordVectors, word: str, k: int) -> list[dict[str, object]]:
    return [{"token": token, "cosine": cosine} for token, cosine in vectors.most_similar(word, k)]


def _default_words(known: Sequence[WordVectors]) -> list[str]:
    """Up to three words that all know: the usual ones, else frequent ones that are not the most frequent."""
    if not known:
        return []
    usual = [word for word in _USUAL if all(word in vectors for vectors in known)]
    common = [token for token in known[0].tokens[1:] if all(token in vectors for vectors in known)]
    middle = len(common) // 8
    return usual or common[middle : middle + 3]


def _summary(history: History) -> dict[str, Any]:
    best = history.best
    assert best is not None  # histories() refuses a run without an epoch
    return {
        "name": history.name,
        "run": str(history.folder),
        "epochs": len(history.epochs),
        "best_epoch": history.epochs[best],
        "loss": history.loss[best],
        "valid_loss": history.valid_loss[best],
        "valid_perplexity": history.valid_perplexity[best],
        "train_s": history.seconds[-1],
        **history.speed,
    }


def _differences(found: Sequence[History]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for history in found for name in history.options)
    values = {name: [history.options.get(name) for history in found] for name in names}
    return {name: row for name, row in values.items() if any(value != row[0] for value in row)}


def as_text(compared: dict[str, Any]) -> list[str]:
    """What `compare` found, as lines of tables: a column per run."""
    runs = compared["runs"]
    head = ["", *(run["name"] for run in runs)]
    rows: list[list[str]] = [head]
    for name, values in compared["options"].items():
        rows.append(
            [f"--{name.replace('_', '-')}", *("-" if value is None else str(value) for value in values)]
        )
    figures = dict.fromkeys(name for run in runs for name in run if name not in ("name", "run"))
    for name in figures:
        values = [run.get(name) for run in runs]
        if any(value is not None for value in values):
            rows.append([_label(name), *(_shown(name, value) for value in values)])
    lines = table(rows)
    for word, lists in compared["neighbours"].items():
        longest = max((len(one) for one in lists if one is not None), default=0)
        lists_of_text = [[f"{a['cosine']:.3f} {a['token']}" for a in one or ()] for one in lists]
        body = [["", *(one[i] if i < len(one) else "" for one in lists_of_text)] for i in range(longest)]
        lines += ["", *table([[f"near {word}", *head[1:]], *body])]
    lines += [f"note: {note}" for note in compared["notes"]]
    return lines


def _label(name: str) -> str:
    named = {"train_s": "seconds", "valid_loss": "held-out loss", "valid_perplexity": "perplexity"}
    if name.endswith("_per_s"):
        return f"{name[: -len('_per_s')].replace('_', ' ')}/s"
    return named.get(name, name.replace("_", " "))


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return (
        f"{value:,.0f}"
        if name.endswith("_per_s")
        else f"{value:,.1f}"
        if name.endswith("_s")
        else f"{value:.3f}"
    )
