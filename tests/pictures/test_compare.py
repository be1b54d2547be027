"""Runs side by side: what differs, figures that are known, neighbours as most_similar has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.written_runs import write_run

from gluon_softmax.pictures.compare import as_text, compare
from gluon_softmax.pictures.history import histories
from gluon_softmax.runs.folder import Run
from gluon_softmax.utils.errors import UnknownTokenError


def test_options_that_differ_figures_and_neighbours(tmp_path: Path) -> None:
    folders = [write_run(tmp_path / "a", lr=0.25), write_run(tmp_path / "b", lr=0.5, softmax="full")]
    found = compare(histories(folders), ["chip"], 2)
    assert found["options"]["lr"] == [0.25, 0.5]
    assert found["options"]["num_noise_words"] == [5, None]  # the full softmax has none
    assert "corpus" not in found["options"] and "seed" not in found["options"]
    assert found["runs"][0] == {
        "name": "a", "run": str(folders[0]), "epochs": 2, "best_epoch": 2, "loss": 2.5, "valid_loss": 2.5,
        "valid_perplexity": None, "train_s": 6.0, "centers_per_s": 200.0,
    }  # fmt: skip
    expected = [{"token": t, "cosine": c} for t, c in Run(folders[0]).vectors().most_similar("chip", 2)]
    assert found["neighbours"] == {"chip": [expected, expected]}
    assert len(found["notes"]) == 1


def test_the_table_has_a_column_per_run(tmp_path: Path) -> None:
    folders = [write_run(tmp_path / "a", lr=0.25), write_run(tmp_path / "longer", lr=0.5)]
    lines = as_text(compare(histories(folders), ["chip"], 1))
    assert lines[:2] == ["               a      longer", "--lr           0.25   0.5"]
    assert "held-out loss  2.500  2.500" in lines and "centers/s      200    200" in lines
    assert lines[-2:] == ["near chip  a           longer", "           0.800 bank  0.800 bank"]


def test_words_are_known_to_all_runs_and_a_language_model_has_none(tmp_path: Path) -> None:
    folders = [
        write_run(tmp_path / "a"),
        write_run(tmp_path / "b", tokens=["<unk>", "the", "chip"]),
        write_run(tmp_path / "lm", model="lm", softmax="full"),
    ]
    found = compare(histories(folders))
    assert list(found["neighbours"]) == ["chip"]  # not bank, which b lacks
    assert found["neighbours"]["chip"][2] is None
    assert compare(histories(folders[2:]))["neighbours"] == {}
    with pytest.raises(UnknownTokenError, match="bank"):
        compare(histories(folders), ["bank"])
    with pytest.raises(ValueError, match="k takes"):
        compare(histories(folders), k=0)
