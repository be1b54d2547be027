"""map, plot, compare, runs and doctor on the command line: what they print, write and refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from oracles.small_runs import Call, check_error
from oracles.written_runs import MATRIX, TOKENS, write_run

from gluon_softmax.models.vectors import WordVectors

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "a")


def test_map_of_a_run_and_of_a_file_of_vectors(run: Path, tmp_path: Path, call: Call) -> None:
    status, out, err = call("map", run, "--method", "pca")
    assert (status, err) == (0, "")
    assert out.startswith(f"{run / 'map.html'}: 5 words by PCA, cosines in float32")
    assert "Words of ptb: skip-gram, negative-sampling" in (run / "map.html").read_text(encoding="utf-8")
    WordVectors(TOKENS, MATRIX).save(tmp_path / "vec.bin", binary=True)
    status, out, _ = call(
        "map", tmp_path / "vec.bin", "--out", tmp_path / "m.html", "--max-words", 3, "--json"
    )
    size = (tmp_path / "m.html").stat().st_size
    expected = {"num_words": 3, "method": "pca", "precision": "float32", "num_bytes": size}
    assert (status, json.loads(out)) == (0, {"path": str(tmp_path / "m.html"), **expected})


def test_the_map_of_mini_ptb_has_its_planted_groups(tmp_path: Path, call: Call) -> None:
    folder = write_run(tmp_path / "a", corpus="mini_ptb")
    assert call("map", folder)[0] == 0
    assert '"chip_products":[2]' in (folder / "map.html").read_text(encoding="utf-8")


def test_plot_names_its_file(run: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    other = write_run(tmp_path / "b", softmax="full")
    assert call("plot", run) == (0, f"{run / 'curves.png'}\n", "")
    status, out, err = call("plot", run, other, "--html")
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "curves.html" and out.splitlines()[1].startswith("note: ")
    assert (tmp_path / "curves.html").exists() and (run / "curves.png").exists()
    status, out, _ = call("plot", run, "--out", "x.svg", "--json")
    assert json.loads(out) == {"path": "x.svg", "runs": [str(run)]}


def test_compare_runs_and_doctor(run: Path, tmp_path: Path, call: Call) -> None:
    other = write_run(tmp_path / "b", lr=0.5)
    status, out, err = call("compare", run, other, "--words", "chip", "-k", 2)
    assert (status, err) == (0, "") and "near chip" in out
    assert json.loads(call("compare", run, other, "--json")[1])["options"]["lr"][1] == 0.5
    status, out, err = call("runs", tmp_path)
    assert (status, err) == (0, "") and out.count("negative-sampling") == 2
    assert [entry["epochs"] for entry in json.loads(call("runs", tmp_path, "--json")[1])] == [2, 2]
    status, out, err = call("doctor", "--json")
    assert (status, err) == (0, "") and {"name", "value", "advice"} == set(json.loads(out)[0])


def test_runs_without_any(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("runs") == (0, "no runs here yet: `gluon-softmax train` writes one into runs/\n", "")
    (tmp_path / "runs").mkdir()
    assert call("runs") == (0, "no runs in runs\n", "")


@pytest.mark.parametrize(
    "command, said",
    [
        ("map {run} --method lda", "--method takes one of auto, umap, tsne, pca; got 'lda'"),
        ("map {run} --method umap", "--method takes umap "),
        ("map {run} -k 0", "-k takes an integer of at least 1, got 0"),
        ("map {run} --max-words 0", "--max-words takes an integer of at least 1, got 0"),
        ("map {run} --seed -1", "--seed takes an integer of at least 0"),
        ("map {run} --out {run}", "--out takes a file; got"),
        ("map {run} --out {run}/no/map.html", "--out takes a file in a folder that is there"),
        ("map {lm}", "takes no question about words: it is a lm"),
        ("map {run}/nothing", "does not exist"),
        ("map {run}/config.json", "takes a header"),
        ("plot {run} --out x.jpg", "--out takes a file that ends in .png, .svg, .pdf, .html; got x.jpg"),
        ("plot {run} --out x.png --html", "--out takes a file that ends in .html, beside --html; got x.png"),
        ("plot {run} {empty}", "RUN takes a run of which an epoch has ended"),
        ("plot", "the following arguments are required: RUN"),
        ("compare {run} --words nothing", "nothing"),
        ("compare {run} -k 0", "-k takes an integer of at least 1, got 0"),
        ("compare {run} {run}/nothing", "RUN takes a folder that `gluon-softmax train` wrote"),
        ("runs {run}/nothing", "FOLDER takes a folder that is there"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    command: str, said: str, run: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lm = write_run(tmp_path / "lm", model="lm", softmax="full")
    empty = write_run(tmp_path / "empty", [])
    before = sorted(tmp_path.rglob("*"))
    check_error(call(*command.format(run=run, lm=lm, empty=empty).split()), said)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_question_loads_neither_the_pictures_nor_mxnet_and_a_map_no_mxnet(run: Path) -> None:
    script = (
        "import sys; from gluon_softmax.cli import main; main(sys.argv[1:]);"
        "print([name for name in sys.modules if name in ('mxnet', 'matplotlib') or 'pictures' in name])"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}

    def loaded(*argv: object) -> str:
        command = [sys.executable, "-c", script, *map(str, argv)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[-1]

    assert loaded("similar", run, "chip") == "[]"
    assert "'mxnet'" not in loaded("map", run) and "'matplotlib'" not in loaded("map", run)
