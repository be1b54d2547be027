"""What a run's metrics say: seconds add up, the best epoch, names, and what does not compare."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.written_runs import epoch, write_run

from gluon_softmax.pictures.history import histories, names_of, why_not_comparable
from gluon_softmax.utils.errors import CheckpointError


def test_figures_of_a_run(tmp_path: Path) -> None:
    (history,) = histories([write_run(tmp_path / "a")])
    assert (history.name, history.model, history.softmax) == ("a", "skip-gram", "negative-sampling")
    assert (history.epochs, history.seconds) == ([1, 2], [2.0, 6.0])
    assert (history.loss, history.valid_loss) == ([3.0, 2.5], [2.75, 2.5])
    assert history.valid_perplexity == [None, None]
    assert history.speed == {"centers_per_s": 200.0}
    assert history.best == 1


def test_the_best_epoch_is_that_of_the_lowest_held_out_loss_else_the_last(tmp_path: Path) -> None:
    rises = [epoch(1, 3.0, 2.5, 1.0, 1.0), epoch(2, 2.0, 2.75, 1.0, 1.0), epoch(3, 1.0, None, 1.0, 1.0)]
    none = [epoch(1, 3.0, None, 1.0, 1.0), epoch(2, 2.0, None, 1.0, 1.0)]
    folders = [write_run(tmp_path / "a", rises), write_run(tmp_path / "b", none)]
    assert [history.best for history in histories(folders)] == [0, 1]


def test_a_run_without_an_epoch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"run takes a run of which an epoch has ended; .*a has none"):
        histories([write_run(tmp_path / "a", [])])


def test_names_tell_runs_apart() -> None:
    assert names_of(["x/a", "x/b/"]) == ["a", "b"]
    assert names_of(["x/a", "y/a", "y/b"]) == ["x/a", "y/a", "b"]


def test_notes_on_what_does_not_compare(tmp_path: Path) -> None:
    same = [write_run(tmp_path / "a"), write_run(tmp_path / "b", lr=0.5)]
    other = write_run(tmp_path / "c", softmax="full")
    shorter = write_run(tmp_path / "d", tokens=["<unk>", "the", "chip"])
    assert why_not_comparable(histories(same)) == []
    assert "measure different things" in why_not_comparable(histories([same[0], other]))[0]
    assert "different vocabularies" in why_not_comparable(histories([same[0], shorter]))[0]
