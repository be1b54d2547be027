"""Every format by its name: what is written comes back exactly, what is wrong is refused before a byte."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import numpy
import pytest

from gluon_softmax.models.formats import registry
from gluon_softmax.models.formats.registry import FORMATS
from gluon_softmax.models.vectors import WordVectors

NEEDS = {"gensim": "gensim", "parquet": "pyarrow"}
NAMES = {
    "vec.txt": "word2vec",
    "vec": "word2vec",
    "vec.bin.txt": "word2vec",
    "bin": "word2vec",
    "vec.bin": "word2vec-binary",
    "VEC.BIN": "word2vec-binary",
    "a/vec.vec": "fasttext",
    "vec.kv": "gensim",
    "model.safetensors": "safetensors",
    "vec.tsv": "projector",
    "vec.parquet": "parquet",
}


@pytest.fixture(params=list(FORMATS))
def name(request: pytest.FixtureRequest) -> str:
    """A format whose library is installed."""
    if request.param in NEEDS:
        pytest.importorskip(NEEDS[request.param])
    return str(request.param)


def path_of(name: str, folder: Path) -> Path:
    return folder / f"vec{FORMATS[name].suffix or '.txt'}" if not FORMATS[name].main else folder / "vec"


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_name_means_a_format() -> None:
    assert {name: registry.format_of_name(name) for name in NAMES} == NAMES


def test_every_word_and_number_comes_back(name: str, random_vectors: WordVectors, tmp_path: Path) -> None:
    bits = numpy.random.default_rng(3).integers(0, 2**32, size=(48, 7), dtype=numpy.uint32)
    floats = bits.view(numpy.float32)
    floats[~numpy.isfinite(floats)] = numpy.finfo(numpy.float32).max
    path = path_of(name, tmp_path)
    for vectors in (
        random_vectors,
        WordVectors(random_vectors.tokens[1:], floats[1:]),
    ):  # the second no <unk>
        assert vectors.save(path, format=name) == FORMATS[name].title
        for again in (WordVectors.load(path), WordVectors.load(path, format=name)):
            assert again.tokens == vectors.tokens
            assert (again.matrix.view(numpy.uint32) == vectors.matrix.view(numpy.uint32)).all()
    assert not list(tmp_path.rglob("*.part"))


def test_a_name_s_own_format_is_the_default(name: str, royal: WordVectors, tmp_path: Path) -> None:
    if FORMATS[name].main and not FORMATS[name].suffix:
        return  # a folder has no name of its own
    path = tmp_path / (FORMATS[name].main or f"vec{FORMATS[name].suffix}")
    assert royal.save(path) == FORMATS[name].title
    assert WordVectors.load(path).tokens == royal.tokens


def test_a_word_that_a_format_cannot_carry_is_refused_before_a_byte(name: str, tmp_path: Path) -> None:
    wrong = {
        "word2vec": ["a b", "a\nb", ""],
        "word2vec-binary": ["a b", ""],
        "fasttext": ["a\tb", "a\rb", "a\x0bb", "a b", ""],
        "d2l": ["a\rb", "a b", ""],
        "projector": ["a\tb", "a\nb", ""],
    }.get(name, [])
    path = path_of(name, tmp_path)
    for word in [*wrong, "\ud800"]:
        if name in ("parquet", "gensim") and word == "\ud800":
            continue  # a pickle carries it, and Arrow has its own sentence
        with pytest.raises(ValueError, match=r"tokens takes words without|surrogates"):
            WordVectors(["good", word], numpy.ones((2, 2))).save(path, format=name)
        assert files_below(tmp_path) == {}


def test_what_is_there_stays_where_the_new_cannot_be_written(
    name: str, royal: WordVectors, tmp_path: Path
) -> None:
    path = path_of(name, tmp_path)
    royal.save(path, format=name)
    before = files_below(tmp_path)
    with pytest.raises(OSError) as caught:
        royal.save(tmp_path / "missing" / path.name, format=name)
    assert ".part" not in str(caught.value)
    assert files_below(tmp_path) == before


def test_a_folder_needs_a_format_that_is_one(royal: WordVectors, tmp_path: Path) -> None:
    for name in (None, "word2vec", "parquet"):
        with pytest.raises(IsADirectoryError, match="into which formats d2l, safetensors, projector write"):
            royal.save(tmp_path, format=name)
    with pytest.raises(ValueError, match=r"takes a folder with one of the files vec.txt, model.safetensors"):
        WordVectors.load(tmp_path)
    assert os.listdir(tmp_path) == []


def test_an_unknown_format(royal: WordVectors, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"format takes one of word2vec, word2vec-binary, .*; got 'glove'"):
        royal.save(tmp_path / "v", format="glove")
    with pytest.raises(ValueError, match="format takes one of"):
        WordVectors.load(tmp_path / "v", format="glove")
    with pytest.raises(ValueError, match="format takes None where binary is given; got 'd2l'"):
        royal.save(tmp_path / "v", True, format="d2l")
    with pytest.raises(ValueError, match="path takes a path below a home that is there"):
        royal.save("~nosuchuser/v")


def test_a_missing_library_is_named_with_what_to_install(
    royal: WordVectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(module: str) -> None:
        raise ImportError(f"No module named {module!r}")

    monkeypatch.setattr(importlib, "import_module", refuse)
    for name, library in NEEDS.items():
        with pytest.raises(
            ImportError, match=f"format {name} takes the library {library}, which `pip install"
        ):
            royal.save(tmp_path / "v", format=name)
    assert os.listdir(tmp_path) == []


def test_a_file_with_bytes_changed_is_read_or_refused_with_its_name(
    name: str, random_vectors: WordVectors, tmp_path: Path
) -> None:
    """A fuzz of every file of the format: nothing but vectors or a ValueError that names a file."""
    path = path_of(name, tmp_path)
    random_vectors.save(path, format=name)
    rng = numpy.random.default_rng(11)
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        whole = file.read_bytes()
        for _ in range(150):
            data = bytearray(whole)
            for _ in range(rng.integers(1, 4)):
                at = int(rng.integers(min(len(data), 400) if rng.random() < 0.5 else len(data)))
                byte, change = int(rng.choice([0, 9, 10, 32, 34, 45, 57, 110, 128, 255])), rng.integers(4)
                data[at : at + int(change != 1)] = b"" if change == 2 else bytes([byte])
                if change == 3:
                    del data[at + 1 :]
                if not data:
                    break
            file.write_bytes(data)
            try:
                vectors = WordVectors.load(path, format=name)
            except ValueError as error:
                assert str(error).startswith(str(path)), error
            else:
                assert numpy.isfinite(vectors.matrix).all() and len(vectors)
        file.write_bytes(whole)
