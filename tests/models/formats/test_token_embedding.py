"""d2l's TokenEmbedding: it reads the folder, and GloVe's and fastText's folders are read as it reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

import gluon_softmax.backend  # noqa: F401  # before d2l, which imports MXNet
from gluon_softmax.models.vectors import WordVectors


def peer_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    d2l = pytest.importorskip("d2l.mxnet")
    monkeypatch.setattr(d2l, "download_extract", lambda _: str(folder))
    return d2l.TokenEmbedding("ours")


def test_d2l_reads_the_folder(
    random_vectors: WordVectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_vectors.save(tmp_path / "v", format="d2l")
    embedding = peer_of(tmp_path / "v", monkeypatch)
    assert embedding.idx_to_token == ["<unk>", *random_vectors.tokens]
    assert (embedding[random_vectors.tokens].asnumpy() == random_vectors.matrix).all()
    assert embedding[["nothing"]].asnumpy().any() == False  # noqa: E712  # a NumPy bool


@pytest.mark.parametrize("header", ["", "2 3\n"], ids=["GloVe", "fastText"])
def test_a_folder_as_d2l_downloads_it(header: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vec.txt").write_text(f"{header}the 0.1 -0.2 3\n, 1 2 3\n")
    vectors, embedding = WordVectors.load(tmp_path), peer_of(tmp_path, monkeypatch)
    assert embedding.idx_to_token[1:] == vectors.tokens == ["the", ","]
    assert (embedding.idx_to_vec.asnumpy()[1:] == vectors.matrix).all()


def test_one_number_a_word_would_be_a_header(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="matrix takes 2 dimensions or more in d2l's format; got 1"):
        WordVectors(["a"], [[1.0]]).save(tmp_path / "v", format="d2l")


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "line 1: takes a word and its numbers, or a header; got b''"),
        ("2 3\n", "line 2: takes a word and 2 numbers or more; got 0 numbers"),
        ("the 1 2\na 1\n", "line 2: takes a word and 2 numbers; got 1"),
        ("9 2\na 1 2\nb 1 x\n", "line 3: takes numbers; .*x"),
        ("a 1 2\n\na 1 2\n", "line 3: takes each word once; line 1 has 'a'"),
    ],
)
def test_wrong_files(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "vec.txt").write_text(text)
    with pytest.raises(ValueError, match=f"vec.txt, {message}"):
        WordVectors.load(tmp_path)


def test_numbers_come_back_beside_a_header_that_miscounts(tmp_path: Path) -> None:
    """d2l skips the header without reading it, so do we."""
    (tmp_path / "vec.txt").write_text("99 99\na 1 2\n")
    assert numpy.array_equal(WordVectors.load(tmp_path).matrix, [[1, 2]])
