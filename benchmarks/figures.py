"""One way to draw a figure: lines with markers over two axes, into a picture file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Sequence

from rows import Pairs, Row


class Line(NamedTuple):
    """One line of a figure."""

    label: str
    points: Pairs
    colour: str
    marker: str


def draw(
    lines: Sequence[Line], file: Path, *, title: str, xlabel: str, ylabel: str, level: float | None = None
) -> None:
    """Draw `lines` from x = 0 on, and a dotted line at the height `level`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for line in lines:
        style = {"marker": line.marker, "color": line.colour, "alpha": 0.85, "linewidth": 1}
        axes.plot(*zip(*line.points), label=line.label, **style)
    if level is not None:
        axes.axhline(level, color="black", linestyle=":", linewidth=1)
    axes.set(xlabel=xlabel, ylabel=ylabel, xlim=0)
    axes.set_title(title, fontsize=10)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=110)


def draw_time_to_quality(found: Row, file: Path) -> None:
    """Draw held-out loss over seconds of training: every setting tried, one line per learning rate."""
    lines = []
    for side, label, colour in (("peer", "gensim, 2 workers", "tab:gray"), ("ours", "here", "tab:blue")):
        points = [point for point in found["points"] if point["side"] == side]
        for number, lr in enumerate(sorted({point["lr"] for point in points})):
            line = sorted((point["seconds"], point["loss"]) for point in points if point["lr"] == lr)
            lines.append(Line(f"{label}, rate {lr:g}", line, colour, "osDv"[number % 4]))
    draw(
        lines,
        file,
        title="Skip-gram with negative sampling, Penn Treebank: time to quality",
        xlabel="seconds of training, each point a whole run",
        ylabel="held-out loss, nats per pair",
        level=found["quality"],
    )
