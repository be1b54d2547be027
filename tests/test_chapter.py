"""What every chapter asks for: its options, its pictures, and the time of a step."""

from __future__ import annotations

import shlex
import sys
import types
from pathlib import Path

import numpy
import pytest
from matplotlib.figure import Figure

from gluon_softmax import WordVectors, cli
from gluon_softmax.chapter import Chapter, open_chapter, step_seconds


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Chapter:
    opened = open_chapter("a_chapter", num_epochs=5, argv=["--smoke", "--device", "cpu"])
    assert "mini_ptb" in capsys.readouterr().out
    monkeypatch.setattr(Chapter, "picture", lambda _, suffix="": tmp_path / f"{suffix}.png")
    return opened


def test_a_smoke_run_reads_the_embedded_corpus_for_one_epoch(chapter: Chapter) -> None:
    assert (chapter.corpus_name, chapter.num_epochs, chapter.smoke) == ("mini_ptb", 1, True)
    assert str(chapter.device) == "cpu(0)"


def test_a_number_of_epochs_on_the_command_line_wins() -> None:
    argv = ["--smoke", "--num-epochs", "7", "--device", "cpu"]
    assert open_chapter("a_chapter", num_epochs=5, argv=argv).num_epochs == 7
    with pytest.raises(SystemExit):
        open_chapter("a_chapter", num_epochs=5, argv=["--smoke", "--num-epochs", "0"])


def test_lines_are_drawn_into_a_picture_with_their_labels_and_scales(
    chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, path: figures.append((figure, path)))
    lines = {"full": ([1, 10], [2.0, 30.0]), "adaptive": ([1, 10, 100], (2.0, 3.0, 4.0))}
    path = chapter.draw("time", lines, "words", "milliseconds per step", xscale="log")
    ((figure, saved),) = figures
    (axes,) = figure.axes
    assert saved == path
    assert [line.get_label() for line in axes.lines] == list(lines)
    assert all(numpy.array_equal(line.get_xydata().T, lines[line.get_label()]) for line in axes.lines)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("words", "milliseconds per step")


def test_a_picture_is_shown_in_a_notebook_and_nowhere_else(
    chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bytes] = []
    module = types.ModuleType("IPython.display")
    module.Image = lambda filename: Path(filename).read_bytes()  # type: ignore[attr-defined]
    module.display = shown.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    path = chapter.draw("time", {"full": ([1, 10], [2.0, 30.0])}, "words", "ms")
    assert shown == []
    monkeypatch.setattr("gluon_softmax.chapter.in_notebook", lambda: True)
    chapter.draw("time", {"full": ([1, 10], [2.0, 30.0])}, "words", "ms")
    assert shown == [path.read_bytes()] and shown[0].startswith(b"\x89PNG")


def test_the_first_steps_are_called_and_do_not_count() -> None:
    called: list[int] = []
    seconds = step_seconds(called.append, num_steps=3, warm_up=2)
    assert called == [0, 1, 2, 3, 4]
    assert len(seconds) == 3 and min(seconds) > 0


def test_the_end_names_files_and_commands_that_exist(
    chapter: Chapter, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".png").touch()  # the loss plot, which training wrote
    chapter.finish(WordVectors(["<unk>", "chip", "bank"], [[0.0, 0.0], [1.0, 0.5], [0.5, 1.0]]))
    said = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines())
    assert list(said) == ["the loss plot", "the vectors", "a map of the words", "next"]
    assert Path(said["the loss plot"].strip()).exists() and Path(said["the vectors"].strip()).exists()
    command = shlex.split(said["a map of the words"])
    assert Path(command[0]).name == "gluon-softmax"
    assert cli.main(command[1:]) == 0
    assert "chip" in (tmp_path / "vectors.html").read_text(encoding="utf-8")
    assert shlex.split(said["next"])[1:3] == ["train", "--corpus"]
    (tmp_path / "runs" / "mini_ptb").mkdir(parents=True)
    chapter.finish(WordVectors(["chip"], [[1.0]]))
    assert capsys.readouterr().out.splitlines()[-1].endswith("gluon-softmax runs")
