"""The command line: every command on a small run, every error one line, and no MXNet for a question."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Sequence

import pytest

from gluon_softmax import cli
from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.runs.arguments import make_parser
from gluon_softmax.runs.defaults import COMMON
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.layers import LAYERS
from gluon_softmax.runs.models import MODELS

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = [
    "the intel chip has memory",
    "a bank gave the loan",
    "the chip of a computer",
    "the bank has credit",
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    for split, repeats in (("train", 40), ("valid", 5), ("test", 3)):
        (folder / f"{split}.txt").write_text("\n".join(SENTENCES * repeats))
    return folder


def small(corpus: Path, run: Path, *more: str) -> list[str]:
    options = (
        f"train --corpus {corpus} --embed-size 5 --batch-size 64 --subsampling none --device cpu --out {run}"
    )
    return [*options.split(), *more]


@pytest.fixture(scope="module")
def run(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("runs") / "small"
    assert cli.main(small(corpus, folder, "--quiet", "--num-epochs", "2")) == 0
    return str(folder)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command; its status, and what it printed to stdout and to stderr."""

    def call(*argv: str) -> tuple[int, str, str]:
        try:
            status = cli.main([str(arg) for arg in argv])
        except SystemExit as stop:  # argparse's, after --help or an error
            status = int(stop.code or 0)
        return (status, *capsys.readouterr())

    return call


def python(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *args], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


# Help


@pytest.mark.parametrize("command", ["train", "similar", "analogy", "export", "evaluate"])
def test_help_shows_an_example_that_parses(command: str, call: Any) -> None:
    status, out, _ = call(command, "--help")
    assert status == 0
    examples = [line.split() for line in out.splitlines() if line.startswith(f"  gluon-softmax {command} ")]
    assert examples
    for words in examples:
        make_parser(cli.ACTIONS).parse_args(words[1:])


def test_help_of_train_has_every_option_and_its_default(call: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    lines = [line.strip() for line in call("train", "--help")[1].splitlines()]
    models, layers = MODELS.values(), LAYERS.values()
    for table in (COMMON, *(model.own for model in models), *(layer.own for layer in layers)):
        for option in table:
            [at] = [i for i, line in enumerate(lines) if f"{line} ".startswith(f"{option.flag} ")]
            default = ("no", "yes")[option.default] if option.type is bool else option.default
            default = f"{default:g}" if isinstance(default, float) else "none" if default is None else default
            own = f"{option.flag} (default: {default}"  # where another layer has it too, with another default
            text = " ".join(lines[at : at + 2])  # the help is on the next line after a long flag
            assert f"(default: {default}" in text or any(own in line for line in lines), option.name


def test_no_command_is_an_error_and_version_is_none(call: Any) -> None:
    assert call()[0] == 2
    assert call("--version")[:2] == (0, "gluon-softmax 0.1.0\n")


# Commands


def test_train_prints_epochs_and_where_things_are(corpus: Path, tmp_path: Path, call: Any) -> None:
    run = tmp_path / "a run"
    argv = small(corpus, Path("RUN"), "--num-epochs", "1")
    status, out, err = call(*[str(run) if arg == "RUN" else arg for arg in argv])
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("Corpus(") and "13 types" in lines[0]
    assert lines[1].startswith("skip-gram with NegativeSampling(5 -> 13") and "on cpu(0)" in lines[1]
    assert lines[2].startswith("epoch 1: loss ")
    assert f"the loss plot is {run / 'loss.png'}" in lines[3]
    assert lines[4] == f"neighbours of a word: gluon-softmax similar '{run}' chip -k 5"


def test_train_json_is_what_metrics_hold(corpus: Path, tmp_path: Path, call: Any) -> None:
    status, out, err = call(*small(corpus, tmp_path / "run", "--json", "--num-epochs", "2"))
    assert (status, err) == (0, "")
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(out) == {"run": str(tmp_path / "run"), "epochs": [json.loads(line) for line in lines]}


def test_every_option_reaches_the_run(corpus: Path, tmp_path: Path, call: Any) -> None:
    given = {
        "min_freq": 2, "embed_size": 3, "batch_size": 33, "num_epochs": 1, "optimizer": "sgd", "lr": 0.25,
        "schedule": "constant", "resample_every": 2, "device": "cpu:0,cpu:1", "seed": 9, "max_window_size": 2,
        "subsampling": "word2vec", "threshold": 0.5, "batches": "book", "num_noise_words": 3, "power": 0.5,
        "decay": 0.5, "clip_norm": 2.0, "log_interval": 3,
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
    kind.update(data_dir=None, vectors=None)
    assert options == {**kind, **given, "sparse_grad": True, "resample": False}


def test_the_folder_has_a_name_of_its_own(corpus: Path, tmp_path: Path, call: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").symlink_to(corpus)
    argv = small(Path("text"), Path("RUN"), "--num-epochs", "1", "--model", "cbow")
    assert call(*argv[: argv.index("--out")], *argv[argv.index("RUN") + 1 :])[0] == 0
    assert Run("runs/text-cbow-negative-sampling").vectors()


def test_similar(run: str, call: Any) -> None:
    expected = WordVectors.load(Path(run) / "vectors.txt").most_similar("chip", 3)
    status, out, _ = call("similar", run, "chip", "-k", "3")
    assert status == 0
    assert out.splitlines() == [f"cosine sim={cosine:.3f}: {token}" for token, cosine in expected]
    found = json.loads(call("similar", run, "chip", "-k", "3", "--json")[1])
    assert found == {"token": "chip", "similar": [{"token": t, "cosine": c} for t, c in expected]}
    assert len(call("similar", run, "chip")[1].splitlines()) == 5
    assert len(call("similar", run, "chip", "-k", "99")[1].splitlines()) == 11  # not chip, not <unk>


def test_analogy(run: str, call: Any) -> None:
    expected = WordVectors.load(Path(run) / "vectors.txt").analogy("chip", "intel", "bank", 2)
    status, out, _ = call("analogy", run, "chip", "intel", "bank", "-k", "2")
    assert status == 0
    assert out.splitlines() == [f"cosine sim={cosine:.3f}: {token}" for token, cosine in expected]
    found = json.loads(call("analogy", run, "chip", "intel", "bank", "-k", "2", "--json")[1])
    answers = [{"token": t, "cosine": c} for t, c in expected]
    assert found == {"a": "chip", "b": "intel", "c": "bank", "answers": answers}


def test_export(run: str, tmp_path: Path, call: Any) -> None:
    path = tmp_path / "vec.txt"
    assert call("export", run, path)[:2] == (0, f"{path}: 13 words, 5 dimensions, word2vec text format\n")
    assert path.read_bytes() == (Path(run) / "vectors.txt").read_bytes()
    found = json.loads(call("export", run, path, "--json")[1])
    assert found == {"path": str(path), "words": 13, "dimensions": 5}


def test_evaluate(run: str, call: Any) -> None:
    status, out, _ = call("evaluate", run, "--json", "--device", "cpu")
    figures = json.loads(out)
    assert status == 0
    assert figures["valid"]["loss"] == pytest.approx(Run(run).metrics()[-1]["valid_loss"], rel=1e-6)
    assert {split: list(values) for split, values in figures.items()} == {"valid": ["loss"], "test": ["loss"]}
    expected = [f"{split}: loss {values['loss']:.3f}" for split, values in figures.items()]
    assert call("evaluate", run)[1].splitlines() == expected


def test_resume_goes_on_and_overwrite_replaces(corpus: Path, tmp_path: Path, call: Any) -> None:
    folder = tmp_path / "run"
    argv = small(corpus, folder, "--quiet")
    assert call(*argv, "--num-epochs", "1")[0] == 0
    status, _, err = call(*argv, "--num-epochs", "2")
    assert status == 2 and err.count("\n") == 1 and "--resume" in err and "--overwrite" in err
    assert call(*argv, "--num-epochs", "2", "--resume")[0] == 0
    assert [m["epoch"] for m in Run(folder).metrics()] == [1, 2]
    status, _, err = call(*argv, "--resume", "--lr", "0.3")
    assert status == 2 and "goes on with lr 0.005, as it began; got 0.3" in err
    assert call(*argv, "--num-epochs", "1", "--overwrite")[0] == 0
    assert [m["epoch"] for m in Run(folder).metrics()] == [1]


def test_ctrl_c_keeps_what_was_checkpointed(
    corpus: Path, tmp_path: Path, call: Any, monkeypatch: Any
) -> None:
    keep = Run.keep

    def stop_after_first(run: Run, *args: Any) -> None:
        keep(run, *args)
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "keep", stop_after_first)
    status, _, err = call(*small(corpus, tmp_path / "run", "--quiet"))
    assert status == 130
    assert err.strip().count("\n") == 0 and f"train --out {tmp_path / 'run'} --resume` goes on" in err
    monkeypatch.undo()
    assert call("similar", tmp_path / "run", "chip")[0] == 0
    assert call("train", "--out", tmp_path / "run", "--resume", "--quiet") == (0, "", "")
    assert [m["epoch"] for m in Run(tmp_path / "run").metrics()] == [1, 2, 3, 4, 5]


# Errors


def check_error(result: tuple[int, str, str], *parts: str) -> None:
    status, out, err = result
    assert (status, out) == (2, "")
    assert err.startswith("gluon-softmax: error: ") and err.count("\n") == 1
    for part in parts:
        assert part in err


@pytest.mark.parametrize(
    ("argv", "parts"),
    [
        (["similar", "RUN", "chop"], ["'chop' is none of the 13 words; nearest spellings: chip"]),
        (["similar", "RUN", "chip", "-k", "0"], ["k takes an integer of at least 1, got 0"]),
        (
            ["similar", "RUN", "chip", "-k", "two"],
            ["argument -k: invalid int value: 'two'", "similar --help"],
        ),
        (["similar", "RUN"], ["the following arguments are required: WORD"]),
        (["analogy", "RUN", "chip", "xyzzy", "bank"], ["'xyzzy' is none of the 13 words; no word is spelt"]),
        (["export", "RUN", "nowhere/vec.txt"], ["nowhere"]),
        (
            ["similar", "nowhere", "chip"],
            ["run takes a folder that `gluon-softmax train` wrote; nowhere does not"],
        ),
        (["similar", ".", "chip"], ["has no config.json"]),
        (["evaluate", "RUN", "--device", "tpu"], ["device takes cpu, gpu:0"]),
        (["evaluate", "nowhere"], ["nowhere does not exist"]),
        (["translate"], ["invalid choice: 'translate'"]),
        (["train", "--corpus", "nowhere"], ["'mini_ptb' or a folder", "nowhere"]),
        (["train", "--lr", "-1"], ["lr takes a finite number above 0, got -1.0"]),
        (["train", "--lr", "quick"], ["argument --lr: invalid float value: 'quick'"]),
        (["train", "--model", "lstm"], ["model takes one of skip-gram, cbow"]),
        (["train", "--model", "cbow", "--batches", "book"], ["batches is no option of this kind of run"]),
        (["train", "--min-freq", "1000000"], ["min_freq=1000000 removes every word"]),
        (["train", "--resume", "--overwrite"], ["not allowed with"]),
        (["train", "--learning-rate", "1"], ["unrecognized arguments: --learning-rate"]),
        (["train", "--num-epoch", "1"], ["unrecognized arguments: --num-epoch"]),
    ],
    ids=lambda value: "-".join(value) if "RUN" in value else None,
)
def test_user_errors_are_one_line(
    argv: Sequence[str], parts: Sequence[str], run: str, call: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    check_error(call(*(run if arg == "RUN" else arg for arg in argv)), *parts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        (lambda text: "", "line 1: takes a header"),
        (lambda text: text[: len(text) // 2], "vectors.txt, line "),
        (lambda text: text.replace("13 5", "11 5"), "the header says 11 words"),
        (lambda text: text.replace("\nchip ", "\nchop "), "damaged or another run's"),
    ],
)
def test_damaged_vectors_are_named(damage: Any, part: str, run: str, tmp_path: Path, call: Any) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "copy"))
    text = (copy / "vectors.txt").read_text()
    (copy / "vectors.txt").write_text(damage(text))
    check_error(call("similar", copy, "the"), part)
    (copy / "vectors.txt").unlink()
    check_error(call("similar", copy, "the"), "has no vectors.txt yet: no epoch of it ended")


def test_debug_shows_where_an_error_comes_from(run: str, call: Any) -> None:
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
        "gluon-softmax: error: run takes a folder that `gluon-softmax train` wrote; nowhere does not exist"
    ]
