"""Where text comes from: a folder, the embedded corpus, PTB through d2l, and what to say if it is missing."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Callable

import numpy
import pytest
from oracles.corpus_reference import TEST, TRAIN, VALID, assert_is, slow, write_folder

from gluon_softmax import Corpus, load_corpus
from gluon_softmax.data import sources
from gluon_softmax.data.sources import choose_corpus, data_folder
from gluon_softmax.utils.errors import CorpusError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "mine")


@pytest.mark.parametrize("missing", [["train"], ["valid"], ["test"], ["valid", "test"]])
def test_missing_file_is_named(folder: Path, missing: list[str]) -> None:
    for split in missing:
        (folder / f"{split}.txt").unlink()
    with pytest.raises(CorpusError, match=f"lacks {', '.join(f'{s}.txt' for s in missing)}$"):
        load_corpus(folder)


def test_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLUON_SOFTMAX_DATA", raising=False)
    package = tmp_path / "clone" / "gluon_softmax" / "data"
    package.mkdir(parents=True)
    monkeypatch.setattr(sources, "__file__", str(package / "sources.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert data_folder() == tmp_path / "cache" / "gluon_softmax"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert data_folder() == tmp_path / "home" / ".cache" / "gluon_softmax"
    (tmp_path / "clone" / "data").mkdir()
    (tmp_path / "clone" / "data" / "make_mini_ptb.py").write_text("")
    assert data_folder() == tmp_path / "clone" / "data"
    monkeypatch.setenv("GLUON_SOFTMAX_DATA", str(tmp_path / "env"))
    assert data_folder() == tmp_path / "env"
    assert data_folder(tmp_path / "argument") == tmp_path / "argument"
    assert data_folder("~/here") == tmp_path / "home" / "here"


def test_mini_ptb_is_found_in_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = sources._mini_ptb_archive()
    package = tmp_path / "gluon_softmax" / "data"
    package.mkdir(parents=True)
    monkeypatch.setattr(sources, "__file__", str(package / "sources.py"))
    with pytest.raises(CorpusError, match="embedded corpus is missing"):
        load_corpus("mini_ptb")
    shutil.copy(archive, package)
    assert len(load_corpus("mini_ptb").ids("train")) > 150_000


def test_mini_ptb_loads_without_mxnet_and_d2l() -> None:
    code = (
        "import sys, gluon_softmax.data.corpus as c; "
        "corpus = c.load_corpus('mini_ptb'); corpus.ids('valid'); "
        "assert not {'mxnet', 'd2l', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


class FakeD2l:
    """d2l's table of downloads with an archive of ours: nothing listens at its address."""

    def __init__(self, content: Any) -> None:
        self.DATA_HUB = {"ptb": ("http://127.0.0.1:9/ptb.zip", hashlib.sha1(content).hexdigest())}


@pytest.fixture
def ptb_like(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small ptb.zip that is what DATA_HUB asks for, in a folder of its own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    place = tmp_path / "data"
    place.mkdir()
    with zipfile.ZipFile(place / "ptb.zip", "w") as archive:
        for split, text in {"train": TRAIN, "valid": VALID, "test": TEST}.items():
            archive.writestr(f"ptb/ptb.{split}.txt", text)
    fake = FakeD2l((place / "ptb.zip").read_bytes())
    monkeypatch.setattr(sources, "import_d2l", lambda: fake)
    return place


def test_cached_ptb_is_read_and_unpacked_for_d2l(ptb_like: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = load_corpus("ptb", min_freq=1, eos=True, data_dir=ptb_like)
    assert corpus.name == "ptb"
    assert_is(corpus, *slow({"train": TRAIN, "valid": VALID, "test": TEST}, 1, True))
    assert (ptb_like / "ptb" / "ptb.train.txt").read_text() == TRAIN
    monkeypatch.setenv("GLUON_SOFTMAX_DATA", str(ptb_like))
    assert len(load_corpus("ptb", min_freq=1).ids("train")) == 20
    assert choose_corpus() == ("ptb", f"corpus: ptb, from {ptb_like / 'ptb.zip'}")


def test_ptb_in_a_folder_that_cannot_be_written(ptb_like: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert len(load_corpus("ptb", min_freq=1, data_dir=ptb_like).ids("train")) == 20
    assert sorted(os.listdir(ptb_like)) == ["ptb.zip"]


@pytest.mark.parametrize("content", [None, b"<html>404</html>", "truncated"])
def test_without_ptb_the_embedded_corpus_is_chosen_and_why_is_said(ptb_like: Path, content: Any) -> None:
    path = ptb_like / "ptb.zip"
    if content == "truncated":
        content = path.read_bytes()[:-40]
    path.unlink()
    if content:
        path.write_bytes(content)
    with pytest.raises(CorpusError, match="could not be read"):
        load_corpus("ptb", data_dir=ptb_like)
    name, why = choose_corpus("auto", data_dir=ptb_like)
    assert name == "mini_ptb"
    assert why.startswith("corpus: mini_ptb, the embedded one, because PTB could not be downloaded (")
    assert "\n" not in why
    assert ("damaged" in why) == bool(content)
    assert not content or path.read_bytes() == content


def test_a_corpus_that_was_asked_for_is_chosen() -> None:
    assert choose_corpus("mini_ptb") == ("mini_ptb", "corpus: mini_ptb, as asked for")


@pytest.fixture(scope="module")
def real_ptb() -> Callable[..., Corpus]:
    place = data_folder() / "ptb.zip"
    if not place.is_file():
        pytest.skip(f"PTB is not in {place.parent}")
    return lambda **arguments: load_corpus("ptb", **arguments)


def test_ptb_is_what_the_book_reads(real_ptb: Callable[..., Corpus]) -> None:
    """The figures of d2l's own archive: 42,068 sentences and, as in book section 15.3, 6,719 types."""
    corpus = real_ptb(min_freq=10)
    assert len(corpus.vocab) == len(corpus.counts) == 6_719
    assert len(corpus.offsets("train")) - 1 == 42_068
    assert corpus.vocab.idx_to_token[:6] == ["<unk>", "the", "N", "of", "to", "a"]
    assert (numpy.diff(corpus.counts[1:]) <= 0).all()
    assert corpus.counts[corpus.vocab["the"]] == 50_770
    assert corpus.counts.sum() == len(corpus.ids("train")) == 887_521


def test_ptb_for_language_models(real_ptb: Callable[..., Corpus]) -> None:
    corpus = real_ptb(min_freq=1, eos=True)
    assert len(corpus.counts) == 10_000
    sizes = {s: (len(corpus.ids(s)), len(corpus.offsets(s)) - 1) for s in ("train", "valid", "test")}
    assert sizes == {"train": (929_589, 42_068), "valid": (73_760, 3_370), "test": (82_430, 3_761)}
    eos = corpus.vocab["<eos>"]
    for split in sizes:
        numpy.testing.assert_array_equal(
            numpy.flatnonzero(corpus.ids(split) == eos), corpus.offsets(split)[1:] - 1
        )


def test_d2l_finds_the_same_file_from_the_chapters_folder(
    real_ptb: Callable[..., Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    real_ptb()
    if data_folder() != ROOT / "data":
        pytest.skip("d2l looks in the clone's data/ only")
    d2l = sources.import_d2l()
    monkeypatch.chdir(ROOT / "chapters")
    monkeypatch.setattr("requests.get", lambda *_, **__: pytest.fail("d2l downloads again"))
    path = Path(d2l.download("ptb"))
    assert path.resolve() == (data_folder() / "ptb.zip").resolve()
    words = (data_folder() / "ptb" / "ptb.train.txt").read_text(encoding="utf-8").split()
    assert len(words) == 887_521
