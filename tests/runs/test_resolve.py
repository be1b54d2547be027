"""Options resolved: kinds and their defaults, absolute paths, and what is refused before anything is read."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gluon_softmax.runs.defaults import COMMON
from gluon_softmax.runs.layers import LAYERS
from gluon_softmax.runs.models import MODELS
from gluon_softmax.runs.options import Given
from gluon_softmax.runs.resolve import default_kind, resolve_options


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
def test_options_are_refused_before_anything_is_read(given: Given, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        resolve_options(given)


def test_the_layer_of_a_language_model_is_sampled_unless_named() -> None:
    options = resolve_options({"model": "lm", "corpus": "ptb"})
    assert options["softmax"] == "sampled" and options["num_sampled"] == 200
    assert resolve_options({})["softmax"] == "negative-sampling"
    with pytest.raises(ValueError, match=r"^clip_norm takes a finite number above 0"):
        resolve_options({"model": "lm", "clip_norm": -1.0})


def test_every_kind_has_the_options_of_its_model_and_its_layer_and_no_other() -> None:
    for model, choice in MODELS.items():
        for softmax, layer in LAYERS.items():
            options = resolve_options({"model": model, "softmax": softmax})
            assert set(options) == {option.name for option in (*COMMON, *choice.own, *layer.own)}


def test_the_layer_may_be_left_to_the_model() -> None:
    assert default_kind() == {"model": "skip-gram", "softmax": "negative-sampling"}
    assert default_kind("cbow") == {"model": "cbow", "softmax": "negative-sampling"}
    assert default_kind("lm") == {"model": "lm", "softmax": "sampled"}


def test_a_resolved_run_resolves_to_itself() -> None:
    options = resolve_options({"model": "cbow", "softmax": "nce", "num_sampled": 7, "lr": 0.5})
    assert resolve_options(options) == options


def test_folders_become_absolute_and_names_of_corpora_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"corpus": "text", "data_dir": "data", "vectors": "../vectors.txt"}
    options = resolve_options(given)
    assert options["corpus"] == str(tmp_path / "text")
    assert options["data_dir"] == str(tmp_path / "data")
    assert options["vectors"] == str(tmp_path.parent / "vectors.txt")
    for name in ("ptb", "mini_ptb"):
        options = resolve_options({"corpus": name})
        assert (options["corpus"], options["data_dir"], options["vectors"]) == (name, None, None)
