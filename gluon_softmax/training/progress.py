"""How training shows its progress: a bar, an animated plot as the book's, or a line per epoch."""

from __future__ import annotations

import math
import sys
from typing import Protocol, Sequence

from ..utils.checks import check_choice
from ..utils.types import Metrics
from .loss_plot import Curve, LossPlot

KINDS = ("auto", "bar", "animator", "lines", "none")


def in_notebook() -> bool:
    """True inside a notebook's kernel."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and shell.__class__.__name__ == "ZMQInteractiveShell"


class _Bar(Protocol):
    """What is used of a ``tqdm.tqdm``."""

    total: float | None
    n: float

    def set_postfix(self, *, loss: str) -> None: ...

    def close(self) -> None: ...


class Progress:
    """Shows the steps and epochs that `train` reports.

    Parameters
    ----------
    kind : "bar" (tqdm's, in a terminal), "animator" (a `LossPlot`), "lines" (one per epoch), "none", or
        "auto": the animator in a notebook, else a bar where stderr is a terminal, else lines. Bar and
        animator print the lines too. Outside of a notebook the animator shows nothing.
    num_epochs : epochs in all.
    expected_positions : how many positions an epoch has, about; NaN where that is not known.
    every_look : "lines" prints one line at each look at the loss, too.
    """

    def __init__(
        self, kind: str, num_epochs: int, expected_positions: float, every_look: bool = False
    ) -> None:
        check_choice("progress", kind, KINDS)
        if kind == "auto":
            kind = "animator" if in_notebook() else "bar" if sys.stderr.isatty() else "lines"
        self.kind = kind
        self._num_epochs = num_epochs
        self._every_look = every_look and kind == "lines"
        self._expected = expected_positions
        self._bar: _Bar | None = None
        self._plot: LossPlot | None = None

    def follow(self, curve: Curve, history: Sequence[Metrics]) -> None:
        """Say what the animator draws: the lists of points and of epochs, which grow in training."""
        if self.kind == "animator":
            self._plot = LossPlot(curve, history)

    def start_epoch(self, epoch: int) -> None:
        """Begin the bar of an epoch, from 0."""
        if self.kind == "bar":
            from tqdm import tqdm

            self._bar = tqdm(
                total=None if math.isnan(self._expected) else max(1, int(self._expected)),
                desc=f"epoch {epoch + 1}/{self._num_epochs}",
                unit=" positions",
                unit_scale=True,
                leave=False,
            )

    def step(self, epoch: int, done: int, loss: float) -> None:
        """Show a look at the loss: `done` positions of `epoch` so far, and their mean loss in nats."""
        if self._bar is not None:
            if self._bar.total is not None:
                self._bar.total = max(self._bar.total, done)
            self._bar.n = done
            self._bar.set_postfix(loss=f"{loss:.3f}")
        if self._plot is not None:
            self._plot.draw()
        if self._every_look:
            print(f"epoch {epoch + 1}, {self._describe_share(done)}: loss {loss:.3f}", flush=True)

    def _describe_share(self, done: int) -> str:
        if math.isnan(self._expected):
            return f"{done:,} positions"
        return f"{done / max(1.0, self._expected):.1%}"

    def close(self) -> None:
        """Remove the bar of an epoch that ended or was interrupted."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def end_epoch(self, metrics: Metrics) -> None:
        """Show the metrics of an epoch."""
        self.close()
        if self._plot is not None:
            self._plot.draw(at_once=True)
        if self.kind != "none":
            print(describe(metrics), flush=True)


def describe(metrics: Metrics) -> str:
    """One epoch in a line, such as ``epoch 1: loss 2.500, held-out loss 2.600, 65,000 centers/s, 6.1 s``."""
    parts = [f"loss {metrics['loss']:.3f}"]
    if metrics.get("valid_loss") is not None:
        parts.append(f"held-out loss {metrics['valid_loss']:.3f}")
    if metrics.get("valid_perplexity") is not None:
        parts.append(f"perplexity {metrics['valid_perplexity']:.2f}")
    parts += [
        f"{value:,.0f} {key[: -len('_per_s')]}/s" for key, value in metrics.items() if key.endswith("_per_s")
    ]
    return f"epoch {metrics['epoch']}: {', '.join(parts)}, {metrics['train_s']:.1f} s"
