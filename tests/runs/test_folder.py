"""The files of a run: what is in them, and what is refused as damaged or another run's."""

from __future__ import annotations

import hashlib
import json
import math
import re
from pathlib import Path

import numpy
import pytest
from oracles.small_runs import small, train

from gluon_softmax.runs.folder import Run, finite_or_none
from gluon_softmax.runs.resolve import resolve_options
from gluon_softmax.utils.errors import CheckpointError


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


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"options": {}}', b'{"options": {"lr": 0}, "corpus": {}}', b"\xff"]
)
def test_a_damaged_config_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"config\.json is damaged"):
        Run(tmp_path).config()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("", [], "options takes an object; got []"),
        ("", None, "options takes an object; got None"),
        ("", {}, "options takes corpus, model, softmax and more; got no corpus"),
        ("model", None, "model takes a string; got None"),
        ("lr", "0.1", "lr takes a number; got '0.1'"),
        ("lr", math.nan, "JSON has no NaN"),
        ("embed_size", True, "embed_size takes an integer; got True"),
        ("embed_size", 2.0, "embed_size takes an integer; got 2.0"),
        ("sparse_grad", 0, "sparse_grad takes True or False; got 0"),
        ("device", 3, "device takes a string; got 3"),
        ("max_window_size", None, "max_window_size takes an integer; got None"),
        ("batches", "rows", "batches takes one of pairs, book, blocks; got 'rows'"),
        ("bptt", 3, "bptt is no option of this kind of run"),
    ],
)
def test_an_option_of_the_wrong_type_is_damage_by_its_name(
    name: str, value: object, said: str, trained: Path, tmp_path: Path
) -> None:
    config = json.loads((trained / "config.json").read_text())
    config["options"] = {**config["options"], name: value} if name else value
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=rf"config\.json is damaged: {re.escape(said)}"):
        Run(tmp_path).config()


@pytest.mark.parametrize("digits", ["1e400", "-1e400", "1" + "0" * 400])
def test_a_rate_beyond_a_float_is_damage_by_its_name(digits: str, trained: Path, tmp_path: Path) -> None:
    text = (trained / "config.json").read_text()
    assert '"lr": 0.02,' in text
    (tmp_path / "config.json").write_text(text.replace('"lr": 0.02,', f'"lr": {digits},'))
    with pytest.raises(CheckpointError, match=r"config\.json is damaged: lr takes a finite number"):
        Run(tmp_path).config()


@pytest.mark.parametrize("described", [None, [], {}, {"vocab_size": "13"}, {"vocab_size": 13, "name": 3}])
def test_a_corpus_that_is_not_described_is_damage(described: object, trained: Path, tmp_path: Path) -> None:
    config = {**json.loads((trained / "config.json").read_text()), "corpus": described}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=r"config\.json is damaged: corpus .*takes"):
        Run(tmp_path).config()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[]", "it takes an object; got []"),
        (b'"epoch"', "it takes an object; got 'epoch'"),
        (b"{}", "epoch takes an integer of at least 1, got None"),
        (b'{"epoch": "1"}', "epoch takes an integer of at least 1, got '1'"),
        (b'{"epoch": 1', "Expecting"),
        (b"[" * 100_000, "its brackets are nested too deeply"),
        (b"\xff", "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_a_line_of_metrics_that_is_none_is_damage_by_its_number(
    line: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "metrics.jsonl").write_bytes(b'{"epoch": 1, "loss": null}\n\n' + line + b"\n")
    with pytest.raises(CheckpointError, match=rf"metrics\.jsonl, line 3, is damaged: {re.escape(said)}"):
        Run(tmp_path).metrics()


def test_what_a_killed_process_left_half_written_is_removed_by_the_next_start(
    corpus: Path, tmp_path: Path
) -> None:
    stale = [f"{name}.{'0f' * 16}.part" for name in ("config.json", "metrics.jsonl", "vectors.txt")]
    mine = ["vectors.txt.part", "notes.part"]
    for name in (*stale, *mine):
        (tmp_path / name).write_text("half")
    train(tmp_path, small(corpus, num_epochs=1))
    assert not [name for name in stale if (tmp_path / name).exists()]
    assert all((tmp_path / name).read_text() == "half" for name in mine)


def test_a_file_is_no_folder_to_train_into(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper" / "run"):
        with pytest.raises(ValueError, match=r"^out takes a folder; got '.*', and .*file is a file$"):
            Run(folder).check_folder()
    Run(tmp_path).check_folder()
    Run(tmp_path / "new" / "run").check_folder()


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
