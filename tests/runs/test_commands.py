"""Runs trained and evaluated: each kind learns, held-out losses are right, and what is there is kept."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy
import pytest
from oracles.small_runs import Value, small, train, write_corpus

from gluon_softmax.models.skip_gram import SkipGram
from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.output_layers.negative_sampling import NegativeSampling
from gluon_softmax.runs.commands import corpus_of, evaluate_run
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.models import MODELS
from gluon_softmax.utils.errors import CheckpointError


def test_held_out_loss_is_that_of_numpy_pair_by_pair(trained: Path, corpus: Path) -> None:
    options = Run(trained).config()["options"]
    text = corpus_of(options)
    net = MODELS[options["model"]].net(text, options)
    assert isinstance(net, SkipGram) and isinstance(net.output_layer, NegativeSampling)
    index = json.loads((trained / "checkpoint" / "checkpoint.json").read_text())
    with numpy.load(trained / "checkpoint" / index["files"]["parameters"]["name"]) as arrays:
        output = arrays["output_layer.weight"].astype(float)
    vectors = WordVectors.load(trained / "vectors.txt")
    ids = {token: i for i, token in enumerate(vectors.tokens)}
    losses = []
    for line in (corpus / "test.txt").read_text().splitlines():
        known = [ids[word] for word in line.split() if ids.get(word, 0)]
        for i, center in enumerate(known):
            for j in range(max(0, i - 5), min(len(known), i + 6)):
                if j == i:
                    continue
                h, context = vectors.matrix[center].astype(float), known[j]
                [noise] = net.output_layer.noise_words(numpy.array([context]), seed=0)
                loss = math.log1p(math.exp(-output[context] @ h))
                losses.append(loss + sum(math.log1p(math.exp(output[n] @ h)) for n in noise))
    figures = evaluate_run(trained)
    assert len(losses) > 100
    assert figures["test"]["loss"] == pytest.approx(sum(losses) / len(losses), rel=1e-5)
    assert figures["valid"]["loss"] == pytest.approx(Run(trained).metrics()[-1]["valid_loss"], rel=1e-6)


@pytest.mark.parametrize(
    "given",
    [
        {"model": "cbow"},
        {"batches": "book"},
        {"batches": "blocks", "optimizer": "sgd", "batch_size": 32},
        {"batches": "blocks", "optimizer": "sgd", "batch_size": 32, "softmax": "hierarchical"},
        {"sparse_grad": True},
        {"resample": False, "schedule": "constant"},
    ],
    ids=lambda given: "-".join(given),
)
def test_other_kinds_of_runs_learn_and_evaluate(
    given: dict[str, Value], corpus: Path, tmp_path: Path
) -> None:
    history = train(tmp_path / "run", small(corpus, num_epochs=3, **given))
    assert history[-1]["valid_loss"] < history[0]["valid_loss"]
    valid = evaluate_run(tmp_path / "run")["valid"]["loss"]
    assert valid == pytest.approx(history[-1]["valid_loss"], rel=1e-5)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"optimizer": "adam"}, "optimizer takes 'sgd' with SkipGramBlocks"),
        ({"clip_norm": 1.0}, "clip_norm takes None with SkipGramBlocks"),
        ({"device": "cpu:0,cpu:1"}, "device takes one context with SkipGramBlocks"),
        ({"softmax": "full"}, "batches takes 'blocks' with softmax negative-sampling or hierarchical only"),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else "",
)
def test_blocks_refuse_what_they_cannot_do_before_anything_is_written(
    given: dict[str, Value], message: str, corpus: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        train(
            tmp_path / "run",
            small(corpus, **{"batches": "blocks", "optimizer": "sgd", "batch_size": 32, **given}),
        )
    assert not (tmp_path / "run").exists()


def test_several_contexts_train_what_one_trains(corpus: Path, tmp_path: Path) -> None:
    one = train(tmp_path / "one", small(corpus))
    two = train(tmp_path / "two", small(corpus, device="cpu:0,cpu:1"))
    assert two[-1]["valid_loss"] == pytest.approx(one[-1]["valid_loss"], rel=1e-3)


def test_a_split_without_pairs_has_no_loss(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "text")
    (folder / "valid.txt").write_text("the\nunheard of unheard\n")
    train(tmp_path / "run", small(folder, num_epochs=1))
    assert "NaN" not in (tmp_path / "run" / "metrics.jsonl").read_text()
    assert Run(tmp_path / "run").metrics()[0]["valid_loss"] is None
    assert math.isnan(evaluate_run(tmp_path / "run")["valid"]["loss"])


def test_a_loss_that_is_lost_names_the_rate(corpus: Path, tmp_path: Path) -> None:
    given = small(corpus, lr=1e30, optimizer="sgd", schedule="constant")
    with pytest.raises(
        ValueError, match=r"training diverged: the loss is \w+ .* with lr 1e\+30, .*; try a smaller lr"
    ):
        train(tmp_path / "run", given)


def test_a_run_is_replaced_only_when_told_and_only_by_one_that_can_begin(
    corpus: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    train(folder, small(corpus, num_epochs=1))
    (folder / "notes.txt").write_text("mine")
    vectors = (folder / "vectors.txt").read_bytes()
    with pytest.raises(CheckpointError, match=r"holds config.json already: go on with it \(--resume\)"):
        train(folder, small(corpus))
    for wrong in (
        {"lr": 0.0},
        {"embed_size": 0},
        {"corpus": "nowhere"},
        {"threshold": 2.0},
        {"seed": -1},
        {"device": "tpu"},
    ):
        with pytest.raises(ValueError, match=" takes "):
            train(folder, {**small(corpus), **wrong}, overwrite=True)
    assert (folder / "vectors.txt").read_bytes() == vectors
    train(folder, small(corpus, seed=5, num_epochs=1), overwrite=True)
    assert (folder / "vectors.txt").read_bytes() != vectors
    assert (folder / "notes.txt").read_text() == "mine"


def test_files_of_no_run_are_not_written_over(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "vectors.txt").write_text("mine")
    with pytest.raises(CheckpointError, match=r"holds vectors\.txt already"):
        train(tmp_path, small(corpus))
    assert (tmp_path / "vectors.txt").read_text() == "mine"


def test_nothing_is_written_for_options_that_are_refused(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="batch_size takes"):
        train(tmp_path / "run", small(corpus, batch_size=0))
    with pytest.raises(ValueError, match="takes text of which something is left to train on; got none"):
        train(tmp_path / "run", small(corpus, subsampling="d2l", threshold=1e-9))
    assert not (tmp_path / "run").exists()


def test_a_damaged_checkpoint_is_not_trained_from(corpus: Path, tmp_path: Path) -> None:
    train(tmp_path, small(corpus, num_epochs=1))
    [archive] = (tmp_path / "checkpoint").glob("parameters-*.npz")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(bytes(content))
    for call in (lambda: train(tmp_path, {"num_epochs": 2}, resume=True), lambda: evaluate_run(tmp_path)):
        with pytest.raises(CheckpointError, match="is damaged"):
            call()
    assert len(Run(tmp_path).metrics()) == 1
