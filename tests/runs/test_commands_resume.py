"""Runs that go on: as if they had not stopped, with more epochs, and never as another run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from oracles.small_runs import small, train, without_time, write_corpus

from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.runs.commands import evaluate_run, train_run
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.options import Given
from gluon_softmax.utils.errors import CheckpointError
from gluon_softmax.utils.types import Metrics


@pytest.mark.parametrize("schedule", ["constant", "linear"])
def test_resumed_equals_uninterrupted(
    schedule: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = small(corpus, num_epochs=3, schedule=schedule)
    train(tmp_path / "whole", given)
    keep = Run.keep

    def stop_in_second(run: Run, history: list[Metrics], vectors: WordVectors | None) -> None:
        if len(history) == 2:
            raise KeyboardInterrupt  # the checkpoint has epoch 2, metrics and vectors have not
        keep(run, history, vectors)

    monkeypatch.setattr(Run, "keep", stop_in_second)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "cut", given)
    monkeypatch.setattr(Run, "keep", keep)
    assert len(Run(tmp_path / "cut").metrics()) == 1
    stale = {"epoch": 7, "loss": 0.0}
    with open(tmp_path / "cut" / "metrics.jsonl", "a") as file:
        file.write(json.dumps(stale) + "\n")

    def stop_after_third(run: Run, history: list[Metrics], vectors: WordVectors | None) -> None:
        keep(run, history, vectors)
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "keep", stop_after_third)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "cut", {}, resume=True)
    assert [m["epoch"] for m in Run(tmp_path / "cut").metrics() if m["epoch"] > 2] == [3]
    monkeypatch.setattr(Run, "keep", keep)
    train(tmp_path / "cut", {}, resume=True)
    assert without_time(tmp_path / "cut") == without_time(tmp_path / "whole")
    assert (tmp_path / "cut" / "vectors.txt").read_bytes() == (
        tmp_path / "whole" / "vectors.txt"
    ).read_bytes()


def test_epochs_may_grow(corpus: Path, tmp_path: Path) -> None:
    given = small(corpus, schedule="constant")
    train(tmp_path / "whole", {**given, "num_epochs": 3})
    train(tmp_path / "grown", {**given, "num_epochs": 1})
    train(tmp_path / "grown", {**given, "num_epochs": 3}, resume=True)
    assert without_time(tmp_path / "grown") == without_time(tmp_path / "whole")
    assert (tmp_path / "grown/vectors.txt").read_bytes() == (tmp_path / "whole/vectors.txt").read_bytes()
    assert Run(tmp_path / "grown").config()["options"]["num_epochs"] == 3
    with pytest.raises(CheckpointError, match="goes on with num_epochs 3 or more, as it began; got 2"):
        train(tmp_path / "grown", {**given, "num_epochs": 2}, resume=True)


@pytest.mark.parametrize(("schedule", "lines"), [("linear", 1), ("constant", 0)])
def test_more_epochs_under_a_falling_schedule_are_said_to_stretch_it(
    schedule: str, lines: int, corpus: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    train(tmp_path / "run", small(corpus, num_epochs=1, schedule=schedule))
    for num_epochs in (1, 3):
        given = {"num_epochs": num_epochs}
        train_run(tmp_path / "run", given, resume=True, progress="none", say=said.append)
    stretched = [line for line in said if "stretched" in line]
    assert stretched == lines * [
        "the linear schedule is stretched from 1 to 3 epochs: what is trained had the rates of the shorter "
        "plan, so the run will not equal one of 3 epochs from the start"
    ]


def test_resume_of_a_finished_run_changes_nothing(trained: Path) -> None:
    names = ("config.json", "metrics.jsonl", "vectors.txt", "loss.png")
    before = [(trained / name).read_bytes() for name in names]
    train(trained, {}, resume=True)
    assert [(trained / name).read_bytes() for name in names] == before


def test_resume_of_a_run_that_is_not_there_is_refused_and_leaves_no_folder(
    corpus: Path, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=r"^no run there: .*new has no config\.json to go on from"):
        train(tmp_path / "new", small(corpus), resume=True)
    assert not (tmp_path / "new").exists()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "metrics.jsonl").write_text("")  # of a run whose options are lost
    with pytest.raises(CheckpointError, match=r"^no run there: "):
        train(tmp_path / "new", small(corpus), resume=True)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["metrics.jsonl"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lr": 0.5, "seed": 3}, "goes on with lr 0.02, as it began; got 0.5"),
        ({"model": "cbow"}, "goes on with model skip-gram, as it began; got cbow"),
        ({"corpus": "mini_ptb"}, "goes on with corpus .*small, as it began; got mini_ptb"),
        ({"subsampling": "d2l"}, "goes on with subsampling none, as it began; got d2l"),
    ],
)
def test_resume_names_the_first_option_that_differs(given: Given, message: str, trained: Path) -> None:
    with pytest.raises(CheckpointError, match=message):
        train(trained, given, resume=True)


def test_another_text_is_refused(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "text")
    train(tmp_path / "run", small(folder, num_epochs=1))
    text = (folder / "train.txt").read_text()
    for changed, what in ((text.replace("loan", "lien"), "words"), (text + "the bank\n", "counts")):
        (folder / "train.txt").write_text(changed)
        with pytest.raises(CheckpointError, match=f"another text: the {what} of"):
            train(tmp_path / "run", {"num_epochs": 2}, resume=True)
        with pytest.raises(CheckpointError, match=f"another text: the {what} of"):
            evaluate_run(tmp_path / "run")
    assert len(Run(tmp_path / "run").metrics()) == 1
