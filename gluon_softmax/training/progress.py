"""How training shows itself: a bar in a terminal, the book's animated plot in a notebook, a line an epoch
elsewhere.
"""

from __future__ import annotations

import sys
from typing import Any, Mapping

from ..utils.checks import check_choice

KINDS = ("auto", "bar", "animator", "lines", "none")


def in_notebook() -> bool:
    """True inside a notebook's kernel."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and shell.__class__.__name__ == "ZMQInteractiveShell"


class Progress:
    """Told of steps and epochs by `train`; ``kind`` is "bar", "animator", "lines" or "none", "auto" picks
    one. With `every_look` "lines" prints one at each step that it is told of.

    The animator is d2l's, used in a notebook only: elsewhere it prints ``<Figure size ...>`` at every update
    and shows nothing.
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
        self._expected = max(1.0, expected_positions)
        self._bar: Any = None
        self._animator: Any = None
        if kind == "animator":
            from d2l import mxnet as d2l

            self._animator = d2l.Animator(
                xlabel="epoch", ylabel="loss", xlim=[0, num_epochs], legend=["train", "held out"]
            )

    def start_epoch(self, epoch: int) -> None:
        if self.kind == "bar":
            from tqdm import tqdm

            self._bar = tqdm(
                total=int(self._expected),
                desc=f"epoch {epoch + 1}/{self._num_epochs}",
                unit=" positions",
                unit_scale=True,
                leave=False,
            )

    def step(self, epoch: int, done: int, loss: float) -> None:
        """`done` positions of this epoch so far, `loss` its mean loss so far."""
        if self._bar is not None:
            self._bar.total = max(self._bar.total, done)
            self._bar.n = done
            self._bar.set_postfix(loss=f"{loss:.3f}")
        if self._animator is not None:
            self._animator.add(epoch + min(1.0, done / self._expected), (loss, None))
        if self._every_look:
            print(f"epoch {epoch + 1}, {done / self._expected:.1%}: loss {loss:.3f}", flush=True)

    def close(self) -> None:
        """Take away the bar of an epoch that ends, or that was interrupted."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def end_epoch(self, metrics: Mapping[str, Any]) -> None:
        self.close()
        if self._animator is not None and metrics.get("valid_loss") is not None:
            self._animator.add(metrics["epoch"], (None, metrics["valid_loss"]))
        if self.kind in ("bar", "lines"):
            print(describe(metrics), flush=True)


def describe(metrics: Mapping[str, Any]) -> str:
    """One epoch in a line: ``epoch 1: loss 2.500, held-out loss 2.600, 65,000 centers/s, 280,000 pairs/s, 6.1
    s``.
    """
    parts = [f"loss {metrics['loss']:.3f}"]
    if metrics.get("valid_loss") is not None:
        parts.append(f"held-out loss {metrics['valid_loss']:.3f}")
    if metrics.get("valid_perplexity") is not None:
        parts.append(f"perplexity {metrics['valid_perplexity']:.2f}")
    parts += [
        f"{value:,.0f} {key[: -len('_per_s')]}/s" for key, value in metrics.items() if key.endswith("_per_s")
    ]
    return f"epoch {metrics['epoch']}: {', '.join(parts)}, {metrics['train_s']:.1f} s"


def save_loss_plot(curve: Any, history: Any, path: Any) -> None:
    """Draw the training loss, a list of (epoch, loss), and each epoch's held-out loss into a picture file."""
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
