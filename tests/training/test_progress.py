"""How training shows itself: lines, a bar, an animated plot; nothing where nothing was asked for."""

from __future__ import annotations

import math
import sys
import types

import pytest

from gluon_softmax.training import progress
from gluon_softmax.training.meter import share_of_epoch

METRICS = {
    "epoch": 2, "loss": 2.5, "lr": 0.1, "train_s": 6.14, "centers": 400_000, "centers_per_s": 65_145.9,
    "pairs": 9, "pairs_per_s": 280_000.4, "valid_loss": 2.6004,
}  # fmt: skip
LINE = "epoch 2: loss 2.500, held-out loss 2.600, 65,146 centers/s, 280,000 pairs/s, 6.1 s"


def run(kind: str) -> progress.Progress:
    shown = progress.Progress(kind, 3, 100.0)
    shown.start_epoch(1)
    shown.step(1, 50, 2.75)
    shown.step(1, 150, 2.5)  # more than expected
    shown.end_epoch(METRICS)
    return shown


def test_an_epoch_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert progress.describe(METRICS) == LINE
    assert progress.describe({"epoch": 1, "loss": 1.0, "train_s": 0.26}) == "epoch 1: loss 1.000, 0.3 s"
    run("lines")
    assert capsys.readouterr() == (LINE + "\n", "")


def test_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run("none")
    assert capsys.readouterr() == ("", "")


def test_a_bar_goes_to_stderr_and_the_line_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    run("bar")
    out, err = capsys.readouterr()
    assert out == LINE + "\n"
    assert "epoch 2/3" in err and "loss=2.500" in err


def test_the_animator_draws_what_it_follows_and_prints_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn: list[object] = []

    class Plot:
        def __init__(self, *lists: object) -> None:
            self.lists = lists

        def draw(self, at_once: bool = False) -> None:
            drawn.append((self.lists, at_once))

    monkeypatch.setattr(progress, "LossPlot", Plot)
    curve, history = [(0.5, 2.75)], [METRICS]
    shown = progress.Progress("animator", 3, 100.0)
    shown.follow(curve, history)
    shown.start_epoch(1)
    shown.step(1, 50, 2.75)
    shown.end_epoch(METRICS)
    assert drawn == [((curve, history), False), ((curve, history), True)]
    assert capsys.readouterr() == (LINE + "\n", "")
    for kind in ("bar", "lines", "none"):
        other = progress.Progress(kind, 3, 100.0)
        other.follow(curve, history)
        other.end_epoch(METRICS)
    assert len(drawn) == 2


@pytest.mark.parametrize("terminal, shell, kind", [
    (True, None, "bar"), (False, None, "lines"), (False, "ZMQInteractiveShell", "animator"),
    (True, "TerminalInteractiveShell", "bar"),
])  # fmt: skip
def test_auto(terminal: bool, shell: str | None, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    found = type(shell, (), {})() if shell else None
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: found))  # type: ignore[misc]
    assert progress.in_notebook() is (kind == "animator")
    assert progress.Progress("auto", 1, 10.0).kind == kind


def test_a_wrong_kind_is_named() -> None:
    with pytest.raises(
        ValueError, match=r"^progress takes one of auto, bar, animator, lines, none; got 'loud'"
    ):
        progress.Progress("loud", 1, 1.0)


def test_an_epoch_of_unknown_length(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines say how many positions, and the bar has no end."""
    for kind in ("lines", "bar"):
        shown = progress.Progress(kind, 3, math.nan, every_look=True)
        shown.start_epoch(1)
        shown.step(1, 51_200, 2.75)
        shown.close()
    out, err = capsys.readouterr()
    assert out == "epoch 2, 51,200 positions: loss 2.750\n"
    assert "epoch 2/3" in err and "%" not in err
    assert share_of_epoch(51_200, math.nan) == 0.0 and share_of_epoch(5, 0.0) == 1.0
