"""What the commands map, plot, compare, runs and doctor answer: a value for JSON, and lines for a reader."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Sequence

from ..data.sources import load_planted_groups
from ..models.vectors import WordVectors
from ..runs import doctor
from ..runs.folder import Run
from ..utils.files import user_path
from . import compare, listing
from .curves import check_kind, write_curves
from .history import histories, why_not_comparable
from .word_map import describe, write_map

_DEFAULT_FOLDER = "runs"  # where `train` writes without --out


class Answer(NamedTuple):
    """The same answer twice: what ``--json`` prints, and what else is printed."""

    value: object
    lines: Iterable[str]


def _map(args: argparse.Namespace) -> Answer:
    path = user_path("run", args.run)
    groups: Mapping[str, Sequence[str]] = {}
    if path.is_file():
        vectors, title, out = WordVectors.load(path), f"Words of {path.name}", path.with_suffix(".html")
    else:
        run = Run(path)
        vectors, config = run.vectors(), run.config()
        options, corpus = config["options"], config["corpus"]["name"]
        title = f"Words of {corpus}: {options['model']}, {options['softmax']}"
        out = run.folder / "map.html"
        if corpus == "mini_ptb":
            groups = load_planted_groups()
    out = out if args.out is None else user_path("out", args.out)
    drawn = write_map(
        vectors,
        out,
        title=title,
        method=args.method,
        groups=groups,
        k=args.k,
        max_words=args.max_words,
        seed=args.seed,
        say=None if args.json else lambda line: print(line, file=sys.stderr, flush=True),
    )
    value = {"path": str(out), **drawn._asdict()}
    return Answer(value, [f"{out}: {describe(drawn)}; open it in a browser"])


def _plot(args: argparse.Namespace) -> Answer:
    found = histories(args.runs)
    if args.out is None:
        folder = found[0].folder if len(found) == 1 else Path()
        out = folder / ("curves.html" if args.html else "curves.png")
    else:
        out = user_path("out", args.out)
        if args.html and out.suffix.lower() != ".html":
            raise ValueError(f"out takes a file that ends in .html, beside --html; got {out}")
    check_kind(out)
    write_curves(found, out)
    notes = [f"note: {note}" for note in why_not_comparable(found)]
    return Answer({"path": str(out), "runs": [str(one.folder) for one in found]}, [f"{out}", *notes])


def _compare(args: argparse.Namespace) -> Answer:
    compared = compare.compare(histories(args.runs), args.words, args.k)
    return Answer(compared, compare.as_text(compared))


def _runs(args: argparse.Namespace) -> Answer:
    if args.folder is None and not Path(_DEFAULT_FOLDER).is_dir():
        return Answer([], ["no runs here yet: `gluon-softmax train` writes one into runs/"])
    folder = _DEFAULT_FOLDER if args.folder is None else args.folder
    found = listing.list_runs(folder)
    return Answer(found, listing.as_text(found) or [f"no runs in {folder}"])


def _doctor(_: argparse.Namespace) -> Answer:
    findings = doctor.examine()
    value: list[dict[str, Any]] = [finding._asdict() for finding in findings]
    return Answer(value, doctor.as_text(findings))


ANSWERS: Mapping[str, Callable[[argparse.Namespace], Answer]] = {
    "map": _map,
    "plot": _plot,
    "compare": _compare,
    "runs": _runs,
    "doctor": _doctor,
}
