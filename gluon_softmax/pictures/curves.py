"""The curves of runs in one picture: losses and perplexity, over epochs and over seconds of training."""

from __future__ import annotations

import html
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Sequence

from ..utils.files import write_whole
from .history import History, Values, why_not_comparable
from .word_map import check_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = (".png", ".svg", ".pdf", ".html")
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; margin: 20px auto; padding: 0 12px;
  max-width: 1000px; }
svg { width: 100%; height: auto; background: white; }
div { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 12px; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
"""


def write_curves(found: Sequence[History], path: str | os.PathLike[str]) -> None:
    """Draw the runs into a picture, or into a page with the picture and its figures.

    A row of the picture is the loss, dashed where it is held out; a second one is the perplexity, where a run
    has it. The left column is over epochs, the right one over seconds of training without evaluation.

    Parameters
    ----------
    found : runs with at least one epoch each.
    path : ends in .png, .svg, .pdf or .html; the file appears whole or not at all.

    Raises ValueError, before anything is written, for another ending or a folder that is not there.
    """
    path = Path(path)
    kind = check_kind(path)
    figure = _draw(found)
    content = _page(found, _picture(figure, ".svg")) if kind == ".html" else _picture(figure, kind)
    write_whole(path, content)


def check_kind(path: Path) -> str:
    """The ending of `path`; ValueError unless it is one of `KINDS` and a file can be made there."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise ValueError(f"out takes a file that ends in {', '.join(KINDS)}; got {path}")
    check_out(path)
    return kind


def _draw(found: Sequence[History]) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    has_perplexity = any(value is not None for history in found for value in history.valid_perplexity)
    rows = 2 if has_perplexity else 1
    figure = Figure(figsize=(10, 3.6 * rows + 0.3), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, 2, squeeze=False, sharey="row")
    for i, history in enumerate(found):
        color = f"C{i % 10}"
        xs: tuple[Sequence[float], Sequence[float]] = (history.epochs, history.seconds)
        for column, x in enumerate(xs):
            train, held_out = f"{history.name}, train", f"{history.name}, held out"
            _line(grid[0][column], x, history.loss, color, "o-", train)
            _line(grid[0][column], x, history.valid_loss, color, "s--", held_out)
            if has_perplexity:
                _line(grid[1][column], x, history.valid_perplexity, color, "s--", held_out)
    for column, xlabel in enumerate(("epoch", "seconds of training")):
        for row in range(rows):
            grid[row][column].set_xlabel(xlabel)
            grid[row][column].grid(True, alpha=0.3)
    grid[0][0].xaxis.get_major_locator().set_params(integer=True)
    grid[0][0].set_ylabel("loss (nats)")
    grid[0][1].legend(fontsize="small")
    if has_perplexity:
        grid[1][0].set_ylabel("perplexity")
        grid[1][0].xaxis.get_major_locator().set_params(integer=True)
        grid[1][1].legend(fontsize="small")
    return figure


def _line(axes: Axes, x: Sequence[float], y: Values, color: str, style: str, label: str) -> None:
    points = [(a, b) for a, b in zip(x, y) if b is not None]
    if points:
        axes.plot(
            [a for a, _ in points], [b for _, b in points], style, color=color, label=label, markersize=4
        )


def _picture(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind[1:], dpi=110)
    return buffer.getvalue()


def _page(found: Sequence[History], svg: bytes) -> bytes:
    """A page of its own: the picture, and the figures of every epoch."""
    picture = svg.decode()
    picture = picture[picture.index("<svg") :]
    title = html.escape(", ".join(history.name for history in found))
    notes = "".join(f"<p>Note: {html.escape(note)}.</p>" for note in why_not_comparable(found))
    head = ("run", "epoch", "seconds", "loss", "held-out loss", "perplexity")
    rows = [
        f"<tr><td>{html.escape(history.name)}</td>"
        + "".join(f"<td>{cell}</td>" for cell in _cells(history, i))
        + "</tr>"
        for history in found
        for i in range(len(history.epochs))
    ]
    text = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{picture}{notes}<div><table><tr>"
        + "".join(f"<th>{name}</th>" for name in head)
        + f"</tr>{''.join(rows)}</table></div></body></html>\n"
    )
    return text.encode()


def _cells(history: History, i: int) -> list[str]:
    figures = (history.loss[i], history.valid_loss[i], history.valid_perplexity[i])
    return [
        str(history.epochs[i]),
        f"{history.seconds[i]:,.1f}",
        *("" if value is None else f"{value:,.3f}" for value in figures),
    ]
