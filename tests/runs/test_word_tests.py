"""What `evaluate` says of a run's vectors: from gensim's folder, from files, and with no gensim at all."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy
import pytest
from oracles.small_runs import Call, small_argv, write_sentences

from gluon_softmax import cli
from gluon_softmax.data.sources import load_planted_groups
from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.runs import word_tests
from gluon_softmax.runs.word_tests import evaluate_words, lines_about


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("words")
    (here / "corpus").mkdir()
    corpus = write_sentences(here / "corpus")
    assert cli.main(small_argv(corpus, here / "run", "--quiet", "--num-epochs", "1")) == 0
    return here / "run"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    pairs, questions = tmp_path / "mine.tsv", tmp_path / "asked.txt"
    pairs.write_text("chip\tintel\t9\nchip\tbank\t1\nchip\tdragon\t0\n")
    questions.write_text(": firms\nchip intel bank intel\nchip intel bank dragon\n")
    return pairs, questions


def test_files_of_one_s_own(run: Path, files: tuple[Path, Path], call: Call) -> None:
    pairs, questions = files
    status, out, _ = call("evaluate", run, "--word-pairs", pairs, "--analogies", questions, "--json")
    words = json.loads(out)["words"]
    assert status == 0 and list(words) == ["word_pairs", "analogies"]
    mine = words["word_pairs"]["mine"]
    assert (mine["num_pairs"], mine["num_known"]) == (3, 2) and mine["oov_ratio"] == pytest.approx(100 / 3)
    asked = words["analogies"]["asked"]
    assert (asked["num_questions"], asked["num_known"]) == (2, 1)
    assert asked["sections"] == {
        "firms": {"num_questions": 2, "num_known": 1, "num_right": asked["num_right"]}
    }
    out = call("evaluate", run, "--word-pairs", pairs, "--analogies", questions)[1]
    assert "over 2 of 3 pairs (66.7% known)" in out and "of 1 of 2 questions (50.0% known)" in out


def test_gensim_s_files_are_found_without_importing_it(run: Path, call: Call) -> None:
    pytest.importorskip("gensim")
    words = json.loads(call("evaluate", run, "--json")[1])["words"]
    assert {name: of["num_pairs"] for name, of in words["word_pairs"].items()} == {
        "wordsim353": 353,
        "simlex999": 999,
    }
    assert words["analogies"]["questions-words"]["num_questions"] == 19_544
    assert len(words["analogies"]["questions-words"]["sections"]) == 14


def test_without_gensim_one_line_says_where_questions_come_from(
    run: Path, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert json.loads(call("evaluate", run, "--json")[1])["words"] == {"word_pairs": {}, "analogies": {}}
    last = call("evaluate", run)[1].splitlines()[-1]
    assert "--word-pairs, --analogies" in last and "gensim" in last


def test_planted_words_are_counted_among_their_groups() -> None:
    groups = load_planted_groups()
    words = [(word, i) for i, (_, words) in enumerate(groups.items()) for word in words][:-1]
    matrix = numpy.eye(len(groups))[[i for _, i in words]]
    vectors = WordVectors([word for word, _ in words], matrix)
    assert word_tests._planted(vectors, groups) == {
        "num_words": len(words) + 1,
        "num_known": len(words),
        "num_right": len(words),
    }
    figures = {"word_pairs": {}, "analogies": {}, "planted_groups": word_tests._planted(vectors, groups)}
    assert lines_about(figures)[0].startswith(f"planted groups: 100.0% of {len(words)} of {len(words) + 1}")


def test_a_run_of_mini_ptb_has_them(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "planted_groups" not in evaluate_words(run)
    config = word_tests.Run(run).config()
    monkeypatch.setattr(
        word_tests.Run, "config", lambda _: {**config, "corpus": {**config["corpus"], "name": "mini_ptb"}}
    )
    assert evaluate_words(run)["planted_groups"]["num_words"] > 50


@pytest.mark.parametrize("option", ["--word-pairs", "--analogies"])
def test_a_run_without_vectors_takes_no_questions(option: str, run: Path, call: Call, tmp_path: Path) -> None:
    lm = tmp_path / "lm"
    made = (
        f"train --corpus {run.parent}/corpus --model lm --softmax full --embed-size 4 --num-hiddens 4 --quiet"
    )
    assert (
        call(*made.split(), "--batch-size", "8", "--num-epochs", "1", "--device", "cpu", "--out", lm)[0] == 0
    )
    status, _, err = call("evaluate", lm, option, "x")
    assert status == 2 and f"{option} takes a run that has word vectors" in err and err.count("\n") == 1
    assert "words" not in json.loads(call("evaluate", lm, "--json")[1])
