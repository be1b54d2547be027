"""What a run must show before it begins: a failed start writes and removes nothing, and draws nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.small_runs import Value, small, train, without_time, write_corpus

import gluon_softmax as gs
from gluon_softmax.runs import begin, sizes
from gluon_softmax.runs.commands import train_run
from gluon_softmax.runs.folder import Run
from gluon_softmax.utils.errors import CheckpointError, CorpusError

LM: dict[str, Value] = {
    "model": "lm", "min_freq": 1, "batch_size": 8, "num_sampled": 5, "num_hiddens": 6, "subsampling": None,
}  # fmt: skip
BLOCKS: dict[str, Value] = {"batches": "blocks", "optimizer": "sgd", "batch_size": 32}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_failed_start_leaves_no_folder_and_the_corrected_command_just_works(
    corpus: Path, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "run"
    with pytest.raises(FileNotFoundError, match=r"typo\.txt"):
        train(out, small(corpus, vectors=str(tmp_path / "typo.txt")))
    assert not out.parent.exists()
    assert len(train(out, small(corpus, num_epochs=1))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"vectors": "typo.txt"}, {"device": "cpu:0,cpu:0"}, {**LM, "seed": -1}, {"lr": 0.0},
        {"embed_size": 0}, {"embed_size": 10**12}, {"num_noise_words": 10**12}, {"corpus": "no"},
        {"batches": "blocks", "optimizer": "adam"}, {"bptt": 3}, {"threshold": 2.0},
        {"softmax": "nce", "num_sampled": 5, "log_partition": 1e300}, {"checkpoint_minutes": -1.0},
        {"keep_checkpoints": 0},
    ],
    ids=lambda wrong: "-".join(map(str, wrong)),
)  # fmt: skip
def test_overwrite_with_a_bad_option_leaves_the_finished_run_byte_for_byte(
    wrong: dict[str, Value], trained: Path, corpus: Path
) -> None:
    before = contents(trained)
    with pytest.raises((ValueError, FileNotFoundError)):
        train(trained, {**small(corpus), **wrong}, overwrite=True)
    assert contents(trained) == before


@pytest.mark.parametrize("given", [{}, LM, BLOCKS], ids=["skip-gram", "lm", "blocks"])
@pytest.mark.parametrize("content", [b"", b"the \xff\n"], ids=["empty", "not UTF-8"])
@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_a_split_that_cannot_be_read_is_refused_before_training(
    split: str, content: bytes, given: dict[str, Value], tmp_path: Path
) -> None:
    folder = write_corpus(tmp_path / "text")
    (folder / f"{split}.txt").write_bytes(content)
    with pytest.raises(CorpusError, match=rf"{split}\.txt"):
        train(tmp_path / "run", small(folder, **given))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("given", [{}, BLOCKS, {"model": "cbow"}, {"batches": "book"}], ids=str)
def test_vectors_that_make_the_loss_infinite_begin_nothing(
    given: dict[str, Value], corpus: Path, tmp_path: Path
) -> None:
    words = sorted(
        {word for line in (corpus / "train.txt").read_text().splitlines() for word in line.split()}
    )
    gs.WordVectors(words, [[3e38] * 200] * len(words)).save(tmp_path / "vectors.txt")
    with pytest.raises(ValueError, match=r"training takes a loss that is finite from the start; got"):
        train(tmp_path / "run", small(corpus, embed_size=200, **given, vectors=str(tmp_path / "vectors.txt")))
    assert not (tmp_path / "run").exists()


def test_a_net_beyond_memory_begins_nothing(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begin, "check_sizes", lambda *_: None)  # as for a layer that it knows nothing of
    monkeypatch.setattr(sizes, "physical_memory", lambda: 4 * 11 * 6 * 4 - 1.0)
    with pytest.raises(ValueError, match=r"the net's parameters and their gradients would be 1\.03 KiB"):
        train(tmp_path / "run", small(corpus))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("given", [{}, LM, {"model": "cbow"}], ids=str)
def test_a_layer_whose_loss_is_infinite_begins_nothing(
    given: dict[str, Value], corpus: Path, tmp_path: Path
) -> None:
    nce: dict[str, Value] = {"softmax": "nce", "num_sampled": 5, "log_partition": 1e300}
    with pytest.raises(ValueError, match=r"training takes a loss that is finite from the start; got"):
        train(tmp_path / "run", small(corpus, **{**given, **nce}))
    assert not (tmp_path / "run").exists()


def test_vectors_of_another_width_begin_nothing(corpus: Path, tmp_path: Path) -> None:
    gs.WordVectors(["chip"], [[1.0, 2.0]]).save(tmp_path / "vectors.txt")
    with pytest.raises(ValueError, match=r"^vectors takes vectors of 6 numbers"):
        train(tmp_path / "run", small(corpus, vectors=str(tmp_path / "vectors.txt")))
    assert not (tmp_path / "run").exists()


def test_a_damaged_checkpoint_is_found_before_anything_is_written(corpus: Path, tmp_path: Path) -> None:
    train(tmp_path, small(corpus, num_epochs=1))
    [archive] = (tmp_path / "checkpoint").glob("parameters-*.npz")
    archive.write_bytes(archive.read_bytes()[:-9])
    before = contents(tmp_path)
    with pytest.raises(CheckpointError, match="is damaged"):
        train(tmp_path, {"num_epochs": 3}, resume=True)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "given",
    [{}, {**LM, "dropout": 0.5}, BLOCKS, {"softmax": "nce", "num_sampled": 5}, {"model": "cbow"}],
    ids=["skip-gram", "lm", "blocks", "nce", "cbow"],
)
def test_what_is_tried_before_the_start_changes_no_number(
    given: dict[str, Value], corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path / "tried", small(corpus, **given, num_epochs=1))
    monkeypatch.setattr(begin, "_check_first_loss", lambda *_: None)
    train(tmp_path / "untried", small(corpus, **given, num_epochs=1))
    assert without_time(tmp_path / "tried") == without_time(tmp_path / "untried")


def test_a_run_that_cannot_be_written_leaves_no_folder(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Run, "start", full)
    with pytest.raises(OSError, match="No space left"):
        train(tmp_path / "deep" / "run", small(corpus))
    assert list(tmp_path.iterdir()) == []


def test_a_config_that_cannot_be_written_removes_nothing_of_the_run_that_is_there(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path, small(corpus, num_epochs=1))
    before = contents(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gluon_softmax.runs.folder._json", full)
    with pytest.raises(OSError, match="No space left"):
        train(tmp_path, small(corpus), overwrite=True)
    assert contents(tmp_path) == before


def test_lines_about_the_start_come_before_the_first_epoch(corpus: Path, tmp_path: Path) -> None:
    said: list[str] = []
    gs.WordVectors(["chip", "nowhere"], [[0.1] * 6] * 2).save(tmp_path / "vectors.txt")
    given = small(corpus, num_epochs=1, vectors=str(tmp_path / "vectors.txt"))
    train_run(tmp_path / "run", given, progress="none", say=said.append)
    assert said[0].startswith("Corpus(") and said[1].startswith("skip-gram with NegativeSampling")
    assert said[2].startswith("1 of 11 words begin with their vector of ")
