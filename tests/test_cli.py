"""The command line: every command on a small run, every error one line, and no MXNet for a question."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Sequence

import pytest
from oracles.small_runs import Call, check_error, small_argv, write_sentences

from gluon_softmax import cli
from gluon_softmax.models.formats.registry import FORMATS
from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.word_tests import lines_about

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentences(tmp_path_factory.mktemp("text"))


@pytest.fixture(scope="module")
def run(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("runs") / "small"
    assert cli.main(small_argv(corpus, folder, "--quiet", "--num-epochs", "2")) == 0
    return str(folder)


def python(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *args], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


# Commands


def test_train_prints_epochs_and_where_things_are(corpus: Path, tmp_path: Path, call: Call) -> None:
    run = tmp_path / "a run"
    argv = small_argv(corpus, Path("RUN"), "--num-epochs", "1")
    status, out, err = call(*[str(run) if arg == "RUN" else arg for arg in argv])
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("Corpus(") and "13 types" in lines[0]
    assert lines[1].startswith("skip-gram with NegativeSampling(5 -> 13") and "on cpu(0)" in lines[1]
    assert lines[2].startswith("epoch 1: loss ")
    assert f"the loss plot is {run / 'loss.png'}" in lines[3]
    assert lines[4] == f"neighbours of a word: gluon-softmax similar '{run}' chip -k 5"
    assert lines[5] == f"a map of the words: gluon-softmax map '{run}'"


def test_train_json_is_what_metrics_hold(corpus: Path, tmp_path: Path, call: Call) -> None:
    status, out, err = call(*small_argv(corpus, tmp_path / "run", "--json", "--num-epochs", "2"))
    assert (status, err) == (0, "")
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(out) == {"run": str(tmp_path / "run"), "epochs": [json.loads(line) for line in lines]}


def test_every_option_reaches_the_run(corpus: Path, tmp_path: Path, call: Call) -> None:
    given = {
        "min_freq": 2, "embed_size": 3, "batch_size": 33, "num_epochs": 1, "optimizer": "sgd", "lr": 0.25,
        "schedule": "constant", "resample_every": 2, "device": "cpu:0,cpu:1", "seed": 9, "max_window_size": 2,
        "subsampling": "word2vec", "threshold": 0.5, "batches": "book", "num_noise_words": 3, "power": 0.5,
        "decay": 0.5, "clip_norm": 2.0, "weight_decay": 0.125, "log_interval": 3,
        "init": "word2vec", "checkpoint_minutes": 0.5, "keep_checkpoints": 1,
    }  # fmt: skip
    flags = [text for name, value in given.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    argv = [
        "train",
        "--corpus",
        corpus,
        "--out",
        tmp_path / "run",
        "--quiet",
        "--sparse-grad",
        "--no-resample",
    ]
    assert call(*argv, *flags) == (0, "", "")
    options = Run(tmp_path / "run").config()["options"]
    kind = {"corpus": str(corpus), "model": "skip-gram", "softmax": "negative-sampling"}
    where = {"data_dir": None, "vectors": None}
    assert options == {**kind, **where, **given, "sparse_grad": True, "resample": False}


def test_the_folder_has_a_name_of_its_own(
    corpus: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").symlink_to(corpus)
    argv = small_argv(Path("text"), Path("RUN"), "--num-epochs", "1", "--model", "cbow")
    assert call(*argv[: argv.index("--out")], *argv[argv.index("RUN") + 1 :])[0] == 0
    assert Run("runs/text-cbow-negative-sampling").vectors()


def test_similar(run: str, call: Call) -> None:
    expected = WordVectors.load(Path(run) / "vectors.txt").most_similar("chip", 3)
    status, out, _ = call("similar", run, "chip", "-k", "3")
    assert status == 0
    assert out.splitlines() == [f"cosine sim={cosine:.3f}: {token}" for token, cosine in expected]
    found = json.loads(call("similar", run, "chip", "-k", "3", "--json")[1])
    assert found == {"token": "chip", "similar": [{"token": t, "cosine": c} for t, c in expected]}
    assert len(call("similar", run, "chip")[1].splitlines()) == 5
    assert len(call("similar", run, "chip", "-k", "99")[1].splitlines()) == 11  # not chip, not <unk>


def test_analogy(run: str, call: Call) -> None:
    expected = WordVectors.load(Path(run) / "vectors.txt").analogy("chip", "intel", "bank", 2)
    status, out, _ = call("analogy", run, "chip", "intel", "bank", "-k", "2")
    assert status == 0
    assert out.splitlines() == [f"cosine sim={cosine:.3f}: {token}" for token, cosine in expected]
    found = json.loads(call("analogy", run, "chip", "intel", "bank", "-k", "2", "--json")[1])
    answers = [{"token": t, "cosine": c} for t, c in expected]
    assert found == {"a": "chip", "b": "intel", "c": "bank", "answers": answers}


def test_export(run: str, tmp_path: Path, call: Call) -> None:
    path = tmp_path / "vec.txt"
    assert call("export", run, path)[:2] == (0, f"{path}: 13 words, 5 dimensions, word2vec text format\n")
    assert path.read_bytes() == (Path(run) / "vectors.txt").read_bytes()
    found = json.loads(call("export", run, path, "--json")[1])
    assert found == {"path": str(path), "words": 13, "dimensions": 5}


def test_export_to_a_name_that_ends_in_bin_writes_the_binary_format(
    run: str, tmp_path: Path, call: Call
) -> None:
    path = tmp_path / "vec.bin"
    assert call("export", run, path)[:2] == (0, f"{path}: 13 words, 5 dimensions, word2vec binary format\n")
    vectors, again = Run(run).vectors(), WordVectors.load(path, binary=True)
    assert again.tokens == vectors.tokens and (again.matrix == vectors.matrix).all()


@pytest.mark.parametrize("name", ["fasttext", "d2l", "safetensors", "projector"])
def test_what_is_exported_in_any_format_is_where_a_run_starts(
    name: str, run: str, corpus: Path, tmp_path: Path, call: Call
) -> None:
    path = tmp_path / "out"
    said = f"{path}: 13 words, 5 dimensions, {FORMATS[name].title}\n"
    assert call("export", run, path, "--format", name)[:2] == (0, said)
    if path.is_file():
        path = path.rename(path.with_suffix(".vec"))
    status, out, err = call(*small_argv(corpus, tmp_path / "run", "--num-epochs", "1", "--vectors", path))
    assert (status, err) == (0, "") and f"begin with their vector of {path}" in out


def test_evaluate(run: str, call: Call) -> None:
    status, out, _ = call("evaluate", run, "--json", "--device", "cpu")
    figures = json.loads(out)
    assert status == 0
    assert figures["valid"]["loss"] == pytest.approx(Run(run).metrics()[-1]["valid_loss"], rel=1e-6)
    words = figures.pop("words")
    assert set(words) == {"word_pairs", "analogies"}
    assert {split: list(values) for split, values in figures.items()} == {"valid": ["loss"], "test": ["loss"]}
    expected = [f"{split}: loss {values['loss']:.3f}" for split, values in figures.items()]
    assert call("evaluate", run)[1].splitlines() == [*expected, *lines_about(words)]


def test_resume_goes_on_and_overwrite_replaces(corpus: Path, tmp_path: Path, call: Call) -> None:
    folder = tmp_path / "run"
    argv = small_argv(corpus, folder, "--quiet")
    assert call(*argv, "--num-epochs", "1")[0] == 0
    status, _, err = call(*argv, "--num-epochs", "2")
    assert status == 2 and err.count("\n") == 1 and "--resume" in err and "--overwrite" in err
    assert call(*argv, "--num-epochs", "2", "--resume")[0] == 0
    assert [m["epoch"] for m in Run(folder).metrics()] == [1, 2]
    status, _, err = call(*argv, "--resume", "--lr", "0.3")
    assert status == 2 and "goes on with --lr 0.005, as it began; got 0.3" in err
    assert call(*argv, "--num-epochs", "1", "--overwrite")[0] == 0
    assert [m["epoch"] for m in Run(folder).metrics()] == [1]


def test_ctrl_c_keeps_what_was_checkpointed(
    corpus: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Run.keep

    def stop_after_first(run: Run, *args: Any) -> None:
        keep(run, *args)
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "keep", stop_after_first)
    status, _, err = call(*small_argv(corpus, tmp_path / "run", "--quiet"))
    assert status == 130
    assert err.strip().count("\n") == 0 and f"train --out {tmp_path / 'run'} --resume` goes on" in err
    monkeypatch.undo()
    assert call("similar", tmp_path / "run", "chip")[0] == 0
    assert call("train", "--out", tmp_path / "run", "--resume", "--quiet") == (0, "", "")
    assert [m["epoch"] for m in Run(tmp_path / "run").metrics()] == [1, 2, 3, 4, 5]


# Errors


@pytest.mark.parametrize(
    ("argv", "parts"),
    [
        (["similar", "RUN", "chop"], ["'chop' is none of the 13 words; nearest spellings: chip"]),
        (["similar", "RUN", "chip", "-k", "0"], ["-k takes an integer of at least 1, got 0"]),
        (["analogy", "RUN", "chip", "xyzzy", "bank"], ["'xyzzy' is none of the 13 words; no word is spelt"]),
        (["export", "RUN", "nowhere/vec.txt"], ["nowhere"]),
        (
            ["similar", "nowhere", "chip"],
            ["RUN takes a folder that `gluon-softmax train` wrote; nowhere does not"],
        ),
        (["similar", ".", "chip"], ["has no config.json"]),
        (["evaluate", "RUN", "--device", "tpu"], ["--device takes cpu, gpu:0"]),
        (["evaluate", "nowhere"], ["nowhere does not exist"]),
        (["train", "--corpus", "nowhere"], ["--corpus takes 'ptb', 'mini_ptb' or a folder", "nowhere"]),
        (["train", "--lr", "-1"], ["--lr takes a finite number above 0, got -1.0"]),
        (["train", "--model", "lstm"], ["--model takes one of skip-gram, cbow"]),
        (
            ["train", "--model", "cbow", "--batches", "book"],
            ["--batches is no option of this kind of run, --model cbow with", "; --model skip-gram takes it"],
        ),
        (["train", "--min-freq", "1000000"], ["--min-freq=1000000 removes every word"]),
    ],
    ids=lambda value: "-".join(value) if "RUN" in value else None,
)
def test_user_errors_are_one_line(
    argv: Sequence[str],
    parts: Sequence[str],
    run: str,
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    check_error(call(*(run if arg == "RUN" else arg for arg in argv)), *parts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        (lambda _: "", "line 1: takes a header"),
        (lambda text: text[: len(text) // 2], "vectors.txt, line "),
        (lambda text: text.replace("13 5", "11 5"), "the header says 11 words"),
        (lambda text: text.replace("\nchip ", "\nchop "), "damaged or another run's"),
    ],
)
def test_damaged_vectors_are_named(
    damage: Callable[[str], str], part: str, run: str, tmp_path: Path, call: Call
) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "copy"))
    text = (copy / "vectors.txt").read_text()
    (copy / "vectors.txt").write_text(damage(text))
    check_error(call("similar", copy, "the"), part)
    (copy / "vectors.txt").unlink()
    check_error(call("similar", copy, "the"), "has no vectors.txt yet: no epoch of it ended")


def test_debug_shows_where_an_error_comes_from(run: str, call: Call) -> None:
    with pytest.raises(KeyError, match="nearest spellings"):
        call("similar", run, "chop", "--debug")


# As a program


def test_module_runs_a_query_without_mxnet(run: str, tmp_path: Path) -> None:
    done = python("-m", "gluon_softmax", "similar", run, "chip", "-k", "2", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 2
    script = (
        "import sys\n"
        "from gluon_softmax.cli import main\n"
        f"for words in (['similar', {run!r}, 'chip'], ['analogy', {run!r}, 'chip', 'intel', 'bank'],\n"
        f"              ['export', {run!r}, 'vec.txt'], ['similar', {run!r}, 'chop']):\n"
        "    main(words)\n"
        "print(sorted({'mxnet', 'd2l', 'matplotlib', 'tqdm'} & set(sys.modules)))\n"
    )
    done = python("-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    assert len(WordVectors.load(tmp_path / "vec.txt")) == 13


def test_status_of_the_program(tmp_path: Path) -> None:
    done = python("-m", "gluon_softmax", "similar", "nowhere", "chip", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "gluon-softmax: error: RUN takes a folder that `gluon-softmax train` wrote; nowhere does not exist"
    ]
