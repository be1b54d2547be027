"""Runs that an earlier version wrote: they load, answer, evaluate and go on as that version went on.

What they are and which commands made them is in ``tests/fixtures/old_runs/README.md``.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy
import pytest
from oracles.small_runs import Call

from gluon_softmax import build_huffman
from gluon_softmax.runs.commands import corpus_of
from gluon_softmax.runs.defaults import BEFORE
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.models import MODELS
from gluon_softmax.runs.resolve import resolve_options

OLD_RUNS = Path(__file__).resolve().parents[1] / "fixtures" / "old_runs"
# The second epoch as the earlier version trained it. Another processor may differ in the last digits.
SECOND_EPOCH: dict[str, dict[str, float]] = {
    "skip_gram": {"loss": 6.046790853325661, "valid_loss": 5.83129748587355, "pairs": 42248},
    "language_model": {
        "loss": 2.557266387630258,
        "valid_loss": 4.206024335826465,
        "valid_perplexity": 67.0892844387604,
    },
    "negative_sampling": {"loss": 2.6737498427132635, "valid_loss": 2.668271203993586, "pairs": 42248},
}
LATER_OPTIONS = {
    "skip_gram": ["exclude_unk", "init", "weight_decay"],
    "language_model": ["weight_decay"],
    "negative_sampling": ["init", "weight_decay"],
}
NEAREST = (("0.998", "times"), ("0.997", "criminal"), ("0.996", "coats"))  # to "chip", under skip_gram


@pytest.fixture(params=list(SECOND_EPOCH))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an old run."""
    return Path(shutil.copytree(OLD_RUNS / request.param, tmp_path / request.param))


def test_its_figures_are_those_that_it_was_left_with(old: Path, call: Call) -> None:
    [first] = Run(old).metrics()
    status, out, err = call("evaluate", old, "--device", "cpu", "--json")
    assert (status, err) == (0, "")
    figures = json.loads(out)
    assert figures["valid"]["loss"] == pytest.approx(first["valid_loss"], rel=1e-4)
    assert [name for name in figures if name != "words"] == ["valid", "test"] and figures["test"]["loss"] > 0
    if "valid_perplexity" in first:
        assert figures["valid"]["perplexity"] == pytest.approx(first["valid_perplexity"], rel=1e-4)


def test_it_goes_on_as_the_earlier_version_did(old: Path, call: Call) -> None:
    [before] = Run(old).metrics()
    assert call("train", "--out", old, "--resume", "--num-epochs", 2, "--quiet") == (0, "", "")
    first, second = Run(old).metrics()
    assert (first, second["epoch"]) == (before, 2)
    expected = SECOND_EPOCH[old.name]
    for name, figure in expected.items():
        # The language model has dropout, which is drawn anew every few steps now. The loss of blocks with
        # hierarchical softmax is measured every 64 batches, and now when the step before is in the tables.
        moved = old.name == "language_model" or (old.name, name) == ("skip_gram", "loss")
        assert second[name] == pytest.approx(figure, rel=5e-3 if moved else 1e-4), name


def test_its_tree_is_the_one_that_it_was_trained_with(tmp_path: Path, call: Call) -> None:
    """`<unk>` has been left out of the trees of new runs since; the nodes of an old run's are not these."""
    old = Path(shutil.copytree(OLD_RUNS / "skip_gram", tmp_path / "skip_gram"))
    corpus = corpus_of(Run(old).config()["options"])
    with_unk, without = (
        build_huffman(counts) for counts in (corpus.counts, corpus.counts * (numpy.arange(393) > 0))
    )
    before, now = (
        MODELS["skip-gram"].net(corpus, options).output_layer.tree
        for options in (
            Run(old).config()["options"],
            resolve_options({"softmax": "hierarchical", "min_freq": 80}),
        )
    )
    for found, expected in ((before, with_unk), (now, without)):
        numpy.testing.assert_array_equal(found.children, expected.children)
    assert with_unk.lengths[0] < without.lengths[0]
    assert call("train", "--out", old, "--resume", "--num-epochs", 2, "--quiet") == (0, "", "")
    assert json.loads((old / "config.json").read_text())["options"]["exclude_unk"] is False
    status, _, err = call("train", "--out", old, "--resume", "--exclude-unk", "--quiet")
    assert status == 2 and "goes on with --exclude-unk False, as it began; got True" in err


def test_it_answers_questions_about_words(tmp_path: Path, call: Call) -> None:
    old = shutil.copytree(OLD_RUNS / "skip_gram", tmp_path / "skip_gram")
    lines = [f"cosine sim={cosine}: {token}" for cosine, token in NEAREST]
    assert call("similar", old, "chip", "-k", 3) == (0, "\n".join(lines) + "\n", "")


def test_it_writes_text(tmp_path: Path, call: Call) -> None:
    old = shutil.copytree(OLD_RUNS / "language_model", tmp_path / "language_model")
    status, out, err = call("generate", old, "--words", 5, "--device", "cpu", "--json")
    assert (status, err) == (0, "") and len(json.loads(out)["words"]) == 5


def test_the_files_are_as_they_were_written() -> None:
    assert sorted(path.name for path in OLD_RUNS.iterdir()) == ["README.md", *sorted(SECOND_EPOCH)]
    for name in SECOND_EPOCH:
        config = json.loads((OLD_RUNS / name / "config.json").read_text())
        found = Run(OLD_RUNS / name).config()
        options = found.pop("options")
        assert found == {part: value for part, value in config.items() if part != "options"}
        later = {option: options.pop(option) for option in BEFORE if option in options}
        for option, value in {"checkpoint_minutes": 10.0, "keep_checkpoints": 2}.items():
            assert options.pop(option) == value
        assert options == config["options"]  # nothing else is filled in, and nothing is dropped
        assert later == {option: BEFORE[option] for option in LATER_OPTIONS[name]}
