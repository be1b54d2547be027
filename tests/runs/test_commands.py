"""Runs: options with their defaults, folders that resume as if nothing had happened, and what they refuse."""

from __future__ import annotations

import hashlib
import json
import math
import random
from pathlib import Path
from typing import Any

import numpy
import pytest

from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.runs.commands import corpus_of, evaluate_run, train_run
from gluon_softmax.runs.defaults import COMMON
from gluon_softmax.runs.defaults import OVERRIDES as RUN_OVERRIDES
from gluon_softmax.runs.folder import Run, finite_or_none
from gluon_softmax.runs.layers import LAYERS
from gluon_softmax.runs.models import MODELS
from gluon_softmax.runs.options import Option, Override, fill_in
from gluon_softmax.runs.resolve import resolve_options
from gluon_softmax.utils.errors import CheckpointError


def write_corpus(folder: Path, seed: int = 0, sentences: int = 120) -> Path:
    """Sentences of two topics, with frequent words of both and a rare word in each split."""
    rng = random.Random(seed)
    topics = [["chip", "intel", "memory", "computer"], ["bank", "loan", "credit", "deposit"]]
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in (("train", sentences), ("valid", 20), ("test", 15)):
        lines = [
            " ".join(rng.choices([*rng.choice(topics), "the", "the", "of", "<unk>"], k=rng.randint(2, 9)))
            for _ in range(count)
        ]
        (folder / f"{split}.txt").write_text("\n".join([*lines, f"rare{split} the chip"]) + "\n")
    return folder


def small(corpus: Path, **given: Any) -> dict[str, Any]:
    """Options of a run that takes a fraction of a second an epoch; so few words must not be thinned out."""
    defaults = {"min_freq": 3, "embed_size": 6, "batch_size": 64, "num_epochs": 2, "lr": 0.02}
    kind = {"device": "cpu", "subsampling": "none"}
    return {"corpus": str(corpus), **defaults, **kind, **given}


def train(folder: Path, given: dict[str, Any], **kwargs: Any) -> list[dict[str, Any]]:
    return train_run(folder, given, progress="none", say=lambda line: None, **kwargs).history


def without_time(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if not k.endswith("_s")} for line in lines]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("text") / "small")


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "trained"
    train(folder, small(corpus, num_epochs=3))
    return folder


# Options


TABLE = (
    Option("color", str, "red", "", ("red", "blue")),
    Option("size", int, 3, ""),
    Option("rate", float, 0.5, ""),
)
OVERRIDES = (
    Override({"color": "blue"}, {"size": 7, "rate": 0.1, "weight": 1}, "bluer"),
    Override({"color": "blue", "size": 9}, {"rate": 0.2}, "larger"),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"color": "red", "size": 3, "rate": 0.5}),
        ({"color": None, "size": 0}, {"color": "red", "size": 0, "rate": 0.5}),
        ({"color": "blue"}, {"color": "blue", "size": 7, "rate": 0.1}),
        ({"color": "blue", "size": 9}, {"color": "blue", "size": 9, "rate": 0.2}),
        ({"color": "blue", "rate": 4.0}, {"color": "blue", "size": 7, "rate": 4.0}),
    ],
)
def test_defaults_yield_to_overrides_and_both_to_what_is_given(given: Any, expected: Any) -> None:
    assert fill_in(given, TABLE, OVERRIDES) == expected


def test_every_override_is_of_options_that_exist() -> None:
    tables = [COMMON, *(m.own for m in MODELS.values()), *(c.own for c in LAYERS.values())]
    names = {option.name for table in tables for option in table}
    for override in RUN_OVERRIDES:
        assert set(override.where) | set(override.defaults) <= names


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"color": "green"}, "color takes one of red, blue; got 'green'"),
        ({"weight": 2}, "weight is no option of this kind of run, which takes color, rate, size"),
    ],
)
def test_a_wrong_option_is_named(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fill_in(given, TABLE, OVERRIDES)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": "bag"}, "model takes one of skip-gram, cbow.*; got .bag."),
        ({"softmax": "hard"}, "softmax takes one of .*negative-sampling.*; got .hard."),
        ({"model": "cbow", "batches": "book"}, "batches is no option of this kind of run"),
        ({"num_epochs": 0}, "num_epochs takes an integer of at least 1, got 0"),
        ({"lr": -0.1}, "lr takes a finite number above 0"),
        ({"lr": math.nan}, "lr takes a finite number above 0"),
        ({"resample_every": 0}, "resample_every takes an integer of at least 1"),
    ],
)
def test_options_are_refused_before_anything_is_read(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        resolve_options(given)


# What a run writes


def test_config_has_every_option_the_versions_and_the_text(trained: Path, corpus: Path) -> None:
    import mxnet

    import gluon_softmax as gs

    config = json.loads((trained / "config.json").read_text())
    assert config["options"] == resolve_options(small(corpus, num_epochs=3))
    assert config["versions"] == {
        "gluon_softmax": gs.__version__,
        "mxnet": mxnet.__version__,
        "numpy": numpy.__version__,
    }
    words: dict[str, int] = {}
    for word in (corpus / "train.txt").read_text().split():
        words[word] = words.get(word, 0) + 1
    unknown = sum(n for word, n in words.items() if n < 3 or word == "<unk>")
    kept = sorted(((-n, word) for word, n in words.items() if n >= 3 and word != "<unk>"))
    tokens = ["<unk>", *(word for _, word in kept)]
    counts = numpy.array([unknown, *(-n for n, _ in kept)], dtype="<i8")
    assert config["corpus"]["vocab_size"] == len(tokens)
    assert config["corpus"]["vocab_sha256"] == hashlib.sha256("\n".join(tokens).encode()).hexdigest()
    assert config["corpus"]["counts_sha256"] == hashlib.sha256(counts.tobytes()).hexdigest()


def test_metrics_vectors_and_plot_are_there(trained: Path) -> None:
    metrics = Run(trained).metrics()
    assert [m["epoch"] for m in metrics] == [1, 2, 3]
    assert metrics[-1]["valid_loss"] < metrics[0]["valid_loss"]
    assert {"train_s", "pairs_per_s", "centers_per_s"} <= set(metrics[0])
    assert Run(trained).vectors().matrix.shape == (11, 6)
    assert (trained / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in trained.iterdir()) == sorted(p.name for p in Run(trained).files())


def test_held_out_loss_is_that_of_numpy_pair_by_pair(trained: Path, corpus: Path) -> None:
    options = Run(trained).config()["options"]
    text = corpus_of(options)
    layer = MODELS[options["model"]].net(text, options).output_layer
    [archive] = (trained / "checkpoint").glob("parameters-*.npz")
    with numpy.load(archive) as arrays:
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
                [noise] = layer.noise_words(numpy.array([context]), seed=0)
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
def test_other_kinds_of_runs_learn_and_evaluate(given: Any, corpus: Path, tmp_path: Path) -> None:
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
    given: Any, message: str, corpus: Path, tmp_path: Path
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


def test_a_split_without_pairs_has_no_loss(corpus: Path, tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "text")
    (folder / "valid.txt").write_text("the\nunheard of unheard\n")
    train(tmp_path / "run", small(folder, num_epochs=1))
    assert "NaN" not in (tmp_path / "run" / "metrics.jsonl").read_text()
    assert Run(tmp_path / "run").metrics()[0]["valid_loss"] is None
    assert math.isnan(evaluate_run(tmp_path / "run")["valid"]["loss"])


def test_a_loss_that_is_lost_names_the_rate(corpus: Path, tmp_path: Path) -> None:
    given = small(corpus, lr=1e30, optimizer="sgd", schedule="constant")
    with pytest.raises(
        ValueError, match=r"training diverged: the loss is \w+ with lr 1e\+30; try a smaller lr"
    ):
        train(tmp_path / "run", given)


# Going on


@pytest.mark.parametrize("schedule", ["constant", "linear"])
def test_resumed_equals_uninterrupted(
    schedule: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = small(corpus, num_epochs=3, schedule=schedule)
    train(tmp_path / "whole", given)
    keep = Run.keep

    def stop_in_second(run: Run, history: Any, vectors: Any) -> None:
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

    def stop_after_third(run: Run, history: Any, vectors: Any) -> None:
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


def test_resume_of_a_finished_run_changes_nothing(trained: Path) -> None:
    names = ("config.json", "metrics.jsonl", "vectors.txt", "loss.png")
    before = [(trained / name).read_bytes() for name in names]
    train(trained, {}, resume=True)
    assert [(trained / name).read_bytes() for name in names] == before


def test_resume_of_nothing_begins(corpus: Path, tmp_path: Path) -> None:
    assert len(train(tmp_path / "new", small(corpus), resume=True)) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lr": 0.5, "seed": 3}, "goes on with lr 0.02, as it began; got 0.5"),
        ({"model": "cbow"}, "goes on with model skip-gram, as it began; got cbow"),
        ({"corpus": "mini_ptb"}, "goes on with corpus .*small, as it began; got mini_ptb"),
        ({"subsampling": "d2l"}, "goes on with subsampling none, as it began; got d2l"),
    ],
)
def test_resume_names_the_first_option_that_differs(given: Any, message: str, trained: Path) -> None:
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


# What is there is kept


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


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"options": {}}', b'{"options": {"lr": 0}, "corpus": {}}', b"\xff"]
)
def test_a_damaged_config_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"config\.json is damaged"):
        Run(tmp_path).config()


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


def test_vectors_of_another_vocabulary_are_refused(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((trained / "config.json").read_bytes())
    with pytest.raises(CheckpointError, match=r"has no vectors.txt yet: no epoch of it ended"):
        Run(tmp_path).vectors()
    text = (trained / "vectors.txt").read_text()
    (tmp_path / "vectors.txt").write_text(text.replace("\nchip ", "\nchop "))
    with pytest.raises(CheckpointError, match=r"vectors\.txt is damaged or another run's"):
        Run(tmp_path).vectors()


def test_finite_or_none() -> None:
    given = {"a": math.nan, "b": -math.inf, "c": 1.5, "d": 0, "e": None, "f": "nan"}
    assert finite_or_none(given) == {"a": None, "b": None, "c": 1.5, "d": 0, "e": None, "f": "nan"}
