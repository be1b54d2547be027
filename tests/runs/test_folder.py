"""The files of a run: what is in them, and what is refused as damaged or another run's."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import numpy
import pytest
from oracles.small_runs import small

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
