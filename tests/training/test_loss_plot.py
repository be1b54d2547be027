"""The plot of the losses: what a file and a notebook show is one picture, and the notebook's is replaced."""

from __future__ import annotations

import io
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from gluon_softmax.training import loss_plot
from gluon_softmax.training.loss_plot import LossPlot, save_loss_plot

CURVE = [(0.5, 3.0), (1.0, 2.0)]
HISTORY: list[dict[str, Any]] = [{"epoch": 1, "loss": 2.5, "valid_loss": 2.25}]


class Handle:
    def __init__(self, pictures: list[bytes]) -> None:
        self.pictures = pictures

    def update(self, picture: Any) -> None:
        self.pictures.append(picture.data)


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[bytes]]:
    """What is displayed, and what replaces it; the clock stands still."""
    found: dict[str, list[bytes]] = {"displayed": [], "updated": []}

    def display(picture: Any, display_id: bool) -> Handle:
        assert display_id
        found["displayed"].append(picture.data)
        return Handle(found["updated"])

    module = types.ModuleType("IPython.display")
    module.display, module.Image = display, types.SimpleNamespace  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    monkeypatch.setattr(loss_plot.time, "monotonic", lambda: 5.0)
    return found


def test_the_last_picture_of_a_notebook_is_the_saved_file(
    tmp_path: Path, pictures: dict[str, list[bytes]]
) -> None:
    curve, history = CURVE[:1], HISTORY[:0]
    plot = LossPlot(curve, history)
    plot.draw()
    plot.draw()  # less than a second later
    curve += CURVE[1:]
    history += HISTORY
    plot.draw(at_once=True)
    (first,), (last,) = pictures["displayed"], pictures["updated"]
    save_loss_plot(CURVE, HISTORY, tmp_path / "plot.png")
    assert last == (tmp_path / "plot.png").read_bytes() != first
    assert last.startswith(b"\x89PNG")


def test_after_a_second_it_is_drawn_again(
    pictures: dict[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = LossPlot(CURVE, [])
    plot.draw()
    monkeypatch.setattr(loss_plot.time, "monotonic", lambda: 6.5)
    plot.draw()
    assert len(pictures["displayed"]) == len(pictures["updated"]) == 1


def test_an_epoch_without_a_held_out_loss_has_no_point() -> None:
    with_it, without = io.BytesIO(), io.BytesIO()
    save_loss_plot(CURVE, HISTORY, with_it)
    save_loss_plot(CURVE, [{"epoch": 1, "loss": 2.5, "valid_loss": None}], without)
    assert with_it.getvalue() != without.getvalue()
