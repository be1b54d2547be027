"""The list of runs: found at any of three depths, damaged ones named, other folders left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.written_runs import write_run

from gluon_softmax.pictures.listing import as_text, list_runs


def test_runs_are_found_and_damaged_ones_named(tmp_path: Path) -> None:
    write_run(tmp_path / "b")
    write_run(tmp_path / "deep" / "er" / "a", [])
    write_run(tmp_path / "much" / "too" / "deep" / "a")
    write_run(tmp_path / "b" / "within")
    (write_run(tmp_path / "c") / "config.json").write_text("{")
    (tmp_path / "other").mkdir()
    found = list_runs(tmp_path)
    assert [entry["run"] for entry in found] == [str(tmp_path / name) for name in ("b", "c", "deep/er/a")]
    assert (found[0]["epochs"], found[0]["num_epochs"], found[0]["valid_loss"]) == (2, 3, 2.5)
    assert found[0]["train_s"] == 6.0
    assert "config.json is damaged" in found[1]["damaged"]
    assert (found[2]["epochs"], found[2]["valid_loss"]) == (0, None)
    lines = as_text(found)
    head = "run model softmax corpus epochs held-out loss perplexity seconds changed"
    assert " ".join(lines[0].split()) == head
    assert lines[1].split()[1:8] == ["skip-gram", "negative-sampling", "ptb", "2/3", "2.500", "-", "6.0"]
    assert "is damaged" in lines[3]


def test_a_folder_without_runs_and_one_that_is_not_there(tmp_path: Path) -> None:
    assert list_runs(tmp_path) == [] and as_text([]) == []
    with pytest.raises(ValueError, match="folder takes a folder that is there"):
        list_runs(tmp_path / "nothing")
