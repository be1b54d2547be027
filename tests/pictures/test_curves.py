"""Curves: what is drawn is what the metrics hold, and a page has every figure."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.browser import Browser
from oracles.written_runs import epoch, write_run

from gluon_softmax.pictures import curves
from gluon_softmax.pictures.curves import check_kind, write_curves
from gluon_softmax.pictures.history import histories


def test_lines_are_the_metrics_over_epochs_and_seconds(tmp_path: Path) -> None:
    figure = curves._draw(histories([write_run(tmp_path / "a"), write_run(tmp_path / "b", lr=0.5)]))
    over_epochs, over_seconds = figure.axes
    drawn = {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in over_epochs.lines}
    assert drawn["a, train"] == ([1, 2], [3.0, 2.5])
    assert drawn["b, held out"] == ([1, 2], [2.75, 2.5])
    assert len(drawn) == 4
    assert list(over_seconds.lines[0].get_xdata()) == [2.0, 6.0]


def test_perplexity_has_a_row_of_its_own_where_a_run_has_it(tmp_path: Path) -> None:
    metrics = [{**epoch(1, 5.0, 4.5, 1.0, 9.0), "valid_perplexity": 90.0}, epoch(2, 4.0, None, 1.0, 9.0)]
    run = write_run(tmp_path / "lm", metrics, model="lm", softmax="full")
    figure = curves._draw(histories([run]))
    assert len(figure.axes) == 4
    (line,) = figure.axes[2].lines
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([1], [90.0])


@pytest.mark.parametrize("kind, start", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_kinds_of_pictures(kind: str, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"curves.{kind}"
    write_curves(histories([write_run(tmp_path / "a")]), path)
    assert path.read_bytes().startswith(start)


def test_a_page_has_the_picture_the_figures_and_the_notes(tmp_path: Path) -> None:
    runs = [write_run(tmp_path / "a<b"), write_run(tmp_path / "c", softmax="full")]
    write_curves(histories(runs), tmp_path / "curves.html")
    with Browser(tmp_path / "profile") as browser:
        browser.open((tmp_path / "curves.html").as_uri())
        assert browser.evaluate("document.querySelector('h1').textContent") == "a<b, c"
        rows = browser.evaluate("[...document.querySelectorAll('tr')].map(row => row.innerText.split('\\t'))")
        assert rows[1:3] == [
            ["a<b", "1", "2.0", "3.000", "2.750", ""],
            ["a<b", "2", "6.0", "2.500", "2.500", ""],
        ]
        assert browser.evaluate("document.querySelector('svg').getBoundingClientRect().height") > 200
        assert "measure different things" in browser.evaluate("document.querySelector('p').textContent")
        assert browser.complaints == []


def test_other_endings_and_folders_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"out takes a file that ends in .png, .svg, .pdf, .html; got .*x.jpg"
    ):
        check_kind(tmp_path / "x.jpg")
    with pytest.raises(ValueError, match="out takes a file in a folder that is there"):
        check_kind(tmp_path / "no" / "x.png")
