"""The plot of the losses: one figure, which is saved as a file and drawn again and again in a notebook.

The training loss is the mean since the point before, so that the curve shows where training is; the held-out
loss has one point per epoch.
"""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import IO, Protocol, Sequence

from ..utils.checks import shown
from ..utils.object_checks import check_path
from ..utils.types import Metrics

Curve = Sequence[tuple[float, float]]  # (epoch, mean loss since the last point)
_SECONDS_BETWEEN = 1.0  # a figure takes a tenth of one


def check_plot(path: str | Path | None) -> None:
    """Raise TypeError or ValueError for what `save_loss_plot` could not write, before anything is trained."""
    if path is None:
        return
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    file = check_path("plot", path)
    kinds = sorted(FigureCanvasAgg.get_supported_filetypes())
    if file.suffix and file.suffix[1:].lower() not in kinds:
        raise ValueError(f"plot takes a file that ends in one of {', '.join(kinds)}; got {shown(str(file))}")
    if not file.absolute().parent.is_dir():
        raise ValueError(f"plot takes a file in a folder that is there; got {shown(str(file))}")


def save_loss_plot(curve: Curve, history: Sequence[Metrics], path: str | Path | IO[bytes]) -> None:
    """Draw the training loss, points (epoch, loss), and each epoch's held-out loss into a picture file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot([x for x, _ in curve], [y for _, y in curve], label="train")
    held_out = [(m["epoch"], m["valid_loss"]) for m in history if m.get("valid_loss") is not None]
    if held_out:
        axes.plot([x for x, _ in held_out], [y for _, y in held_out], "o--", label="held out")
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss (nats)")
    axes.legend()
    axes.grid(True, alpha=0.3)
    figure.savefig(path)


class _Handle(Protocol):
    """What is used of IPython's handle of an output."""

    def update(self, picture: object) -> None: ...


class LossPlot:
    """The plot of `curve` and `history` in a notebook: the same picture as the file, in place of itself.

    Both lists grow while it is shown. Other outputs of the cell stay, unlike under d2l's animator.
    """

    def __init__(self, curve: Curve, history: Sequence[Metrics]) -> None:
        self._curve, self._history = curve, history
        self._handle: _Handle | None = None
        self._drawn = -_SECONDS_BETWEEN

    def draw(self, at_once: bool = False) -> None:
        """Show the picture anew, but not more than once a second if not `at_once`."""
        if not at_once and time.monotonic() - self._drawn < _SECONDS_BETWEEN:
            return
        from IPython.display import Image, display

        buffer = io.BytesIO()
        save_loss_plot(self._curve, self._history, buffer)
        picture = Image(data=buffer.getvalue(), format="png")
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)
        self._drawn = time.monotonic()
