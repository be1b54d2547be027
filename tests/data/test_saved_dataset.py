"""Datasets on disk: what the library datasets saved and Parquet files; damaged ones, and no library."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from gluon_softmax import load_corpus
from gluon_softmax.data.sources import find_sources
from gluon_softmax.utils.errors import CorpusError

ROWS = [f"row {i} über\nof two lines" for i in range(2500)]


def read(folder: Path) -> dict[str, str]:
    found = {}
    for split, source in find_sources(folder).items():
        with source.open() as stream:
            found[split] = stream.read().decode()
    return found


def text(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


@pytest.fixture
def datasets() -> Any:
    return pytest.importorskip("datasets")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("valid", ["validation", "valid", "dev"])
def test_splits_that_datasets_saved(valid: str, datasets: Any, tmp_path: Path) -> None:
    parts = {"train": ROWS, valid: ROWS[:3], "test": ROWS[3:5]}
    whole = datasets.DatasetDict(
        {
            name: datasets.Dataset.from_dict({"text": rows, "id": list(range(len(rows)))})
            for name, rows in parts.items()
        }
    )
    whole.save_to_disk(str(tmp_path / "saved"))
    assert read(tmp_path / "saved") == {
        "train": text(ROWS), "valid": text(ROWS[:3]), "test": text(ROWS[3:5]),
    }  # fmt: skip
    corpus = load_corpus(tmp_path / "saved", min_freq=1)
    assert len(corpus.offsets("valid")) - 1 == 6  # each row is two lines


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("as_dict", [True, False])
def test_one_dataset_is_cut_by_its_rows(as_dict: bool, datasets: Any, tmp_path: Path) -> None:
    rows = datasets.Dataset.from_dict({"sentence": [*ROWS[:-1], None]})
    (datasets.DatasetDict({"train": rows}) if as_dict else rows).save_to_disk(str(tmp_path / "saved"))
    assert read(tmp_path / "saved") == {
        "train": text(ROWS[:2250]), "valid": text(ROWS[2250:2375]), "test": text(ROWS[2375:-1]),
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_wrong_datasets(datasets: Any, tmp_path: Path) -> None:
    two = datasets.Dataset.from_dict({"question": ["a"], "answer": ["b"]})
    two.save_to_disk(str(tmp_path / "two"))
    with pytest.raises(CorpusError, match=r"a dataset takes a column text, .*; .*two has question, answer"):
        find_sources(tmp_path / "two")
    none = datasets.Dataset.from_dict({"id": [1]})
    none.save_to_disk(str(tmp_path / "none"))
    with pytest.raises(CorpusError, match="none has none"):
        find_sources(tmp_path / "none")
    text_alone = datasets.Dataset.from_dict({"text": ["a"]})
    datasets.DatasetDict({"train": text_alone, "test": text_alone}).save_to_disk(str(tmp_path / "lacks"))
    with pytest.raises(CorpusError, match=r"takes the splits train, validation and test; .* lacks valid"):
        find_sources(tmp_path / "lacks")
    for name, content in (("state.json", "{}"), ("state.json", "no"), ("dataset_dict.json", "{}")):
        (tmp_path / "damaged").mkdir(exist_ok=True)
        (tmp_path / "damaged" / name).write_text(content)
        with pytest.raises(CorpusError, match="damaged"):
            find_sources(tmp_path / "damaged")
        (tmp_path / "damaged" / name).unlink()


@pytest.mark.parametrize("place", ["", "data"])
def test_parquet_files(place: str, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    folder = tmp_path / place
    folder.mkdir(exist_ok=True)
    files = {
        "train-00000-of-00002.parquet": ROWS[:1500],
        "train-00001-of-00002.parquet": ROWS[1500:],
        "validation-00000-of-00001.parquet": ROWS[:3],
        "test.parquet": ROWS[3:5],
    }
    for name, rows in files.items():
        pq.write_table(pa.table({"id": list(range(len(rows))), "text": rows}), folder / name)
    assert read(tmp_path) == {"train": text(ROWS), "valid": text(ROWS[:3]), "test": text(ROWS[3:5])}
    (folder / "train-00001-of-00002.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(CorpusError, match=r"train-00001-of-00002.parquet is damaged or no Parquet file"):
        load_corpus(tmp_path, min_freq=1)
    pq.write_table(pa.table({"id": [1]}), folder / "train-00001-of-00002.parquet")
    with pytest.raises(CorpusError, match="a dataset takes a column text"):
        load_corpus(tmp_path, min_freq=1)
    (folder / "test.parquet").unlink()
    with pytest.raises(CorpusError, match=r"takes the splits train, validation and test; .* lacks test"):
        find_sources(tmp_path)


def test_a_missing_library_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.import_module

    def refuse(module: str) -> Any:
        if module.partition(".")[0] in ("datasets", "pyarrow"):
            raise ImportError(f"No module named {module!r}")
        return real(module)

    monkeypatch.setattr(importlib, "import_module", refuse)
    (tmp_path / "state.json").write_text("{}")
    with pytest.raises(ImportError, match="corpus takes the library datasets, which `pip install datasets`"):
        find_sources(tmp_path)
    (tmp_path / "state.json").unlink()
    for split in ("train", "validation", "test"):
        (tmp_path / f"{split}.parquet").write_bytes(b"PAR1")
    with pytest.raises(ImportError, match="corpus takes the library pyarrow, which `pip install pyarrow`"):
        load_corpus(tmp_path)


def test_other_folders_ask_for_no_library(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.txt").write_text("a b\n")
    before = set(sys.modules)
    find_sources(tmp_path)
    assert not {"datasets", "pyarrow"} & (set(sys.modules) - before)
