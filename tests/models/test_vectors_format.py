"""Files of word vectors: exact, as gensim and d2l read and write them, and what a file may get wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.word_vectors import ROYAL

from gluon_softmax.models.vectors import WordVectors


def test_saved_vectors_come_back_exactly(random_vectors: WordVectors, tmp_path: Path) -> None:
    """Random bits too: any finite float32, from the least subnormal to the greatest."""
    bits = numpy.random.default_rng(3).integers(0, 2**32, size=(500, 8), dtype=numpy.uint32)
    floats = bits.view(numpy.float32)
    floats[~numpy.isfinite(floats)] = numpy.finfo(numpy.float32).max
    for vectors in (random_vectors, WordVectors([f"w{i}" for i in range(500)], floats)):
        vectors.save(tmp_path / "vectors.txt")
        again = WordVectors.load(tmp_path / "vectors.txt")
        assert again.tokens == vectors.tokens
        assert (again.matrix.view(numpy.uint32) == vectors.matrix.view(numpy.uint32)).all()
    assert os.listdir(tmp_path) == ["vectors.txt"]


def test_the_format(royal: WordVectors, tmp_path: Path) -> None:
    royal.save(str(tmp_path / "vectors.txt"))
    text = (tmp_path / "vectors.txt").read_bytes().decode()
    assert text == "5 2\nman 1 1\nwoman 1 3\nking 4 4\nqueen 3 7\napple -2 1\n"


def test_word2vec_c_s_trailing_spaces_and_windows_line_ends(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_bytes(b"2 3\r\n</s> 1 -2.5 3e-1 \r\nthe 0.1 .2 4\r\n\r\n")
    vectors = WordVectors.load(tmp_path / "v.txt")
    assert vectors.tokens == ["</s>", "the"]
    assert numpy.allclose(vectors.matrix, [[1, -2.5, 0.3], [0.1, 0.2, 4]])


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("token", ["", "New York", "line\nbreak", " ", "\n"])
def test_words_with_a_space_or_a_line_feed_are_not_saved(token: str, binary: bool, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("kept")
    message = "without a space or a line feed, .* got " + re.escape(repr(token))
    with pytest.raises(ValueError, match=message):
        WordVectors(["a", token], numpy.eye(2)).save(path, binary)
    assert path.read_text() == "kept"


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("kept")
    lone_surrogate = "\ud800"  # fails in the middle of the file
    with pytest.raises(UnicodeEncodeError):
        WordVectors(["a", lone_surrogate], numpy.eye(2)).save(path)
    assert path.read_text() == "kept" and os.listdir(tmp_path) == ["vectors.txt"]


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "line 1: takes a header 'words dimensions'.* got ''"),
        ("the 0.1 0.2\n", "line 1: takes a header .* got 'the 0.1 0.2"),
        ("2 x\n", "line 1: takes a header"),
        ("0 2\n", "line 1: takes a header"),
        ("-1 2\n", "line 1: takes a header"),
        ("3 2\na 1 2\nb 3 4\n", "line 1: the header says 3 words; got 2"),
        ("1 2\na 1 2\nb 3 4\n", "line 1: the header says 1 words; got 2"),
        ("2 2\na 1 2\nb 3\n", "line 3: takes a word and 2 numbers; got 1"),
        ("2 2\na 1 2\nb 3 4 5\n", "line 3: takes a word and 2 numbers; got 3"),
        ("2 2\na 1 2\n\nb 3\n", "line 4: takes a word and 2 numbers; got 1"),
        ("2 2\na 1 2\nb 3 x4\n", "line 3: takes numbers; .*x4"),
        ("2 2\na 1  2\nb 3 4\n", "line 2: takes a word and 2 numbers; got 3"),
        ("3 2\na 1 2\nb nan 4\nc 1 1\n", "line 3: takes finite float32 numbers; got nan"),
        ("3 2\na 1 2\n\nb 4 -inf\nc 1 1\n", "line 4: takes finite float32 numbers; got -inf"),
        ("2 2\na 1 2\nb 3 1e39\n", r"line 3: takes finite float32 numbers; got 1e\+39"),
        ("3 2\na 1 2\nb 3 4\na 5 6\n", "line 4: takes each word once; line 2 has 'a'"),
    ],
)
def test_wrong_files(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(str(path)) + ", " + message):
        WordVectors.load(path)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_bytes(b"1 2\n\xff\xfe 1 2\n")
    with pytest.raises(ValueError, match=r"v.txt, .* takes UTF-8 text; .*0xff"):
        WordVectors.load(tmp_path / "v.txt")


def test_gensim_reads_the_file_and_gives_the_same_answers(
    random_vectors: WordVectors, tmp_path: Path
) -> None:
    keyed_vectors = pytest.importorskip("gensim.models").KeyedVectors
    path = tmp_path / "vectors.txt"
    random_vectors.save(path)
    peer = keyed_vectors.load_word2vec_format(str(path))
    assert peer.index_to_key == random_vectors.tokens
    assert (peer.vectors == random_vectors.matrix).all()

    scale = numpy.abs(random_vectors.matrix).max(axis=1, keepdims=True)
    ours = WordVectors(
        random_vectors.tokens, random_vectors.matrix / scale
    )  # gensim's float32 norms underflow
    peer.vectors = ours.matrix.copy()
    peer.fill_norms(force=True)
    questions: list[tuple[Any, list[str], list[str]]] = [
        (ours.most_similar("chip", 20), ["chip"], []),
        (ours.analogy("word1", "word2", "word3", 20), ["word1", "word3"], ["word2"]),
    ]
    for found, positive, negative in questions:
        expected = peer.most_similar(positive=positive, negative=negative, topn=21)
        expected = [answer for answer in expected if answer[0] != "<unk>"][:20]
        assert [token for token, _ in found] == [token for token, _ in expected]
        assert numpy.allclose([cos for _, cos in found], [cos for _, cos in expected], atol=1e-5)


def test_gensim_s_file_is_read(random_vectors: WordVectors, tmp_path: Path) -> None:
    keyed_vectors = pytest.importorskip("gensim.models").KeyedVectors
    peer = keyed_vectors(vector_size=7)
    peer.add_vectors(random_vectors.tokens, random_vectors.matrix)
    peer.save_word2vec_format(str(tmp_path / "v.txt"))
    again = WordVectors.load(tmp_path / "v.txt")
    assert again.tokens == random_vectors.tokens
    assert numpy.allclose(again.matrix, random_vectors.matrix, rtol=1e-6)


def test_d2l_s_token_embedding_reads_the_file(
    royal: WordVectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads vec.txt in the folder of an unpacked archive, skips the header and puts <unk> first."""
    from d2l import mxnet as d2l

    royal.save(tmp_path / "vec.txt")
    monkeypatch.setattr(d2l, "download_extract", lambda _: str(tmp_path))
    embedding = d2l.TokenEmbedding("our vectors")
    assert embedding.idx_to_token == ["<unk>", *ROYAL]
    assert embedding[["queen", "apple", "prince"]].asnumpy().tolist() == [[3, 7], [-2, 1], [0, 0]]
