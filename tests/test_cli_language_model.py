"""The language model on the command line: train, evaluate, generate, Ctrl-C; any layer under any model."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Iterator

import pytest
from oracles.small_runs import Call, write_sentences

import gluon_softmax as gs
from gluon_softmax import cli
from gluon_softmax.data.language_model_batches import LanguageModelBatch, LanguageModelBatches
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.layers import LAYERS
from gluon_softmax.runs.models import MODELS

SENTENCES = ["the chip has memory", "a bank gave the loan", "the chip of a computer", "the bank has credit"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentences(tmp_path_factory.mktemp("text"), SENTENCES)


def argv(corpus: Path, run: Path, *more: str) -> list[str]:
    options = f"train --corpus {corpus} --model lm --embed-size 6 --num-hiddens 6 --batch-size 8 --bptt 5"
    return [*options.split(), "--num-sampled", "5", "--device", "cpu", "--out", str(run), *more]


@pytest.fixture(scope="module")
def run(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("runs") / "small"
    assert cli.main(argv(corpus, folder, "--quiet", "--num-epochs", "3", "--lr", "0.02")) == 0
    return str(folder)


@pytest.mark.parametrize("softmax", list(LAYERS))
@pytest.mark.parametrize("model", list(MODELS))
def test_any_layer_under_any_model(
    model: str, softmax: str, corpus: Path, tmp_path: Path, call: Call
) -> None:
    text = f"train --corpus {corpus} --model {model} --softmax {softmax} --embed-size 6 --num-epochs 2"
    text += " --lr 0.02 --device cpu --quiet"
    text += " --num-sampled 5" if softmax in ("nce", "sampled") else ""
    text += " --num-noise-words 2" if softmax == "negative-sampling" else ""
    text += " --cutoffs 4,8 --div-value 2" if softmax == "adaptive" else ""
    words = " --batch-size 64 --subsampling none --min-freq 1"
    text += " --num-hiddens 6 --batch-size 8" if model == "lm" else words
    run = str(tmp_path / "run")
    assert call(*text.split(), "--out", run) == (0, "", "")
    first, last = Run(run).metrics()
    assert last["loss"] < first["loss"]
    figures = json.loads(call("evaluate", run, "--json")[1])
    assert ("words" in figures) == (model != "lm")
    figures.pop("words", None)
    assert list(figures) == ["valid", "test"]
    for values in figures.values():
        assert math.isfinite(values["loss"]) and ("perplexity" in values) == (model == "lm")


def test_train_prints_perplexities_and_what_to_do_next(corpus: Path, tmp_path: Path, call: Call) -> None:
    status, out, err = call(*argv(corpus, tmp_path / "run", "--num-epochs", "1", "--log-interval", "10"))
    lines = out.splitlines()
    assert (status, err) == (0, "") and "<eos>" not in out
    assert lines[0].startswith("Corpus(") and "eos=True" in lines[0] and "13 types" in lines[0]
    assert lines[1].startswith("lm with SampledSoftmax(6 -> 13, num_sampled=5")
    assert lines[2].startswith("epoch 1, ") and len(lines) == 10
    assert [", perplexity " in line for line in lines if "held-out" in line] == [True]
    assert [line.split(":")[0] for line in lines[-3:]] == ["valid", "test", "text of its own"]
    assert "perplexity" in lines[-2]
    assert {path.name for path in Run(tmp_path / "run").files()} == {
        "config.json", "metrics.jsonl", "loss.png", "checkpoint", "best",
    }  # fmt: skip


def test_figures_are_of_all_words_of_the_best_epoch(run: str, corpus: Path, call: Call) -> None:
    figures = json.loads(call("evaluate", run, "--json")[1])
    metrics = Run(run).metrics()
    best = min(metrics, key=lambda m: m["valid_loss"])
    assert figures["valid"]["loss"] == pytest.approx(best["valid_loss"], rel=1e-5)
    assert figures["valid"]["perplexity"] == pytest.approx(best["valid_perplexity"], rel=1e-5)
    assert figures["test"]["perplexity"] == pytest.approx(math.exp(figures["test"]["loss"]))
    options = Run(run).config()["options"]
    text = gs.load_corpus(str(corpus), 1, True)
    for split, words in (("valid", 5 * 22), ("test", 3 * 22)):
        batches = MODELS["lm"].held_out(text, options, split)
        assert isinstance(batches, LanguageModelBatches)
        assert sum(batch.targets.size for batch in batches) == len(text.ids(split)) == words
    training = MODELS["lm"].batches(text, {**options, "batch_size": 9})
    assert isinstance(training, LanguageModelBatches)
    assert sum(batch.targets.size for batch in training) == 880 // 9 * 9  # training drops the remainder


def test_the_best_epoch_is_what_counts(run: str, tmp_path: Path, call: Call) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    shutil.rmtree(Run(copy).checkpoint.folder)  # the last epoch
    for command in (("evaluate",), ("generate", "--words", "30")):
        name, *more = command
        assert call(name, str(copy), *more) == call(name, run, *more)


def test_generate_prints_twenty_words_a_line(run: str, call: Call) -> None:
    status, out, err = call("generate", run, "--words", "45", "--seed", "3")
    assert (status, err) == (0, "")
    assert [len(line.split()) for line in out.splitlines()] == [20, 20, 5]
    assert call("generate", run, "--words", "45", "--seed", "3")[1] == out
    assert call("generate", run, "--words", "45", "--seed", "4")[1] != out
    shown = call("generate", run, "--words", "3", "--prefix", "the chip", "--top-k", "1")[1].split()
    assert shown[:2] == ["the", "chip"] and len(shown) == 5
    given = ("--words", "3", "--prefix", "the chip", "--top-k", "1", "--temperature", "0.5", "--json")
    assert json.loads(call("generate", run, *given)[1]) == {"prefix": ["the", "chip"], "words": shown[2:]}


@pytest.mark.parametrize("more, said", [
    (["--temperature", "0.0009"], "--temperature takes a number of at least 0.001, since scores are divided"),
    (["--prefix", "the chp"], "'chp' is none of the 13 words; nearest spellings: chip"),
    (["--top-k", "0"], "--top-k takes an integer of at least 1, got 0"),
    (["--words", "0"], "--words takes an integer of at least 1, got 0"),
])  # fmt: skip
def test_what_generate_refuses(run: str, more: list[str], said: str, call: Call) -> None:
    status, out, err = call("generate", run, *more)
    assert (status, out) == (2, "") and said in err and err.count("\n") == 1


def test_a_word_model_generates_nothing(corpus: Path, tmp_path: Path, call: Call) -> None:
    text = f"train --corpus {corpus} --embed-size 4 --subsampling none --min-freq 1 --num-epochs 1 --quiet"
    assert call(*text.split(), "--out", str(tmp_path / "words"))[0] == 0
    status, _, err = call("generate", str(tmp_path / "words"))
    assert status == 2 and "RUN takes a language model" in err
    status, _, err = call("similar", str(tmp_path / "words" / "none"), "chip")
    assert status == 2


def test_a_language_model_takes_no_question_about_words(run: str, call: Call) -> None:
    status, _, err = call("similar", run, "chip")
    assert status == 2 and "takes no question about words" in err


def test_resume_goes_on_as_if_it_had_not_stopped(corpus: Path, tmp_path: Path, call: Call) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    options = ("--quiet", "--schedule", "constant")
    assert call(*argv(corpus, whole, "--num-epochs", "3", *options))[0] == 0
    assert call(*argv(corpus, parts, "--num-epochs", "1", *options))[0] == 0
    assert call("train", "--out", str(parts), "--resume", "--num-epochs", "3", "--quiet")[0] == 0
    for name in ("loss", "valid_perplexity"):
        assert [m[name] for m in Run(parts).metrics()] == [m[name] for m in Run(whole).metrics()]
    assert call("evaluate", str(whole), "--json") == call("evaluate", str(parts), "--json")


def test_ctrl_c_goes_on_to_the_evaluation(
    corpus: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = LanguageModelBatches.epoch

    def epoch(self: LanguageModelBatches, epoch: int) -> Iterator[LanguageModelBatch]:
        for place, batch in enumerate(original(self, epoch)):
            if (epoch, place) == (2, 3):
                raise KeyboardInterrupt
            yield batch

    monkeypatch.setattr(LanguageModelBatches, "epoch", epoch)
    status, out, err = call(*argv(corpus, tmp_path / "run", "--num-epochs", "5"))
    assert status == 130 and "interrupted" in err and "--resume" in err
    assert [m["epoch"] for m in Run(tmp_path / "run").metrics()] == [1, 2]
    assert [line.split(":")[0] for line in out.splitlines()[-3:]] == ["valid", "test", "text of its own"]


def test_embeddings_begin_with_the_vectors_of_a_file(corpus: Path, tmp_path: Path, call: Call) -> None:
    words = f"train --corpus {corpus} --embed-size 6 --subsampling none --min-freq 1 --num-epochs 1 --quiet"
    assert call(*words.split(), "--out", str(tmp_path / "words"))[0] == 0
    vectors = str(tmp_path / "words" / "vectors.txt")
    status, out, _ = call(*argv(corpus, tmp_path / "lm", "--num-epochs", "1", "--vectors", vectors))
    assert status == 0 and f"12 of 13 words begin with their vector of {vectors}" in out
    status, out, _ = call(*argv(corpus, tmp_path / "plain", "--num-epochs", "1"))
    first, second = (Run(tmp_path / name).metrics()[0]["loss"] for name in ("lm", "plain"))
    assert first != second
    words = words.replace("--quiet", f"--vectors {vectors}")
    status, out, _ = call(*words.split(), "--out", str(tmp_path / "again"))
    assert status == 0 and "12 of 12 words begin" in out
    assert Run(tmp_path / "again").metrics()[0]["loss"] < Run(tmp_path / "words").metrics()[0]["loss"]
