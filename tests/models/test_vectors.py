"""Word vectors beside cosines worked out by hand, gensim and d2l, and what a vectors file may get wrong."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest

from gluon_softmax.backend import mx, nn  # before d2l, which the tests import for themselves
from gluon_softmax.models.vectors import WordVectors, get_similar_tokens

# (x, y): man and woman differ in y, so do king and queen; apple points elsewhere
ROYAL = {"man": (1, 1), "woman": (1, 3), "king": (4, 4), "queen": (3, 7), "apple": (-2, 1)}


@pytest.fixture
def royal() -> WordVectors:
    return WordVectors(list(ROYAL), numpy.array(list(ROYAL.values())))


@pytest.fixture
def random_vectors() -> WordVectors:
    rng = numpy.random.default_rng(0)
    tokens = ["<unk>", "the", "N", "<eos>", "chip", "über", "#", "co.", *(f"word{i}" for i in range(40))]
    scales = 10.0 ** rng.integers(-30, 30, size=(48, 1))
    return WordVectors(tokens, (rng.normal(size=(48, 7)) * scales).astype(numpy.float32))


def cosine(a: Any, b: Any) -> float:
    dot = sum(float(x) * float(y) for x, y in zip(a, b))
    return dot / math.sqrt(sum(float(x) ** 2 for x in a) * sum(float(y) ** 2 for y in b))


def test_most_similar_is_ordered_by_cosine(royal: WordVectors) -> None:
    """By hand: man = (1, 1) and king = (4, 4) point one way; woman 4/√20, queen 10/√116, apple −1/√10."""
    found = royal.most_similar("man", 4)
    assert [token for token, _ in found] == ["king", "queen", "woman", "apple"]
    expected = [1.0, 10 / math.sqrt(116), 4 / math.sqrt(20), -1 / math.sqrt(10)]
    assert numpy.allclose([cos for _, cos in found], expected, atol=1e-6)
    assert royal.most_similar("man", 2) == found[:2]
    assert all(type(token) is str and type(cos) is float for token, cos in found)


def test_most_similar_beside_a_loop(random_vectors: WordVectors) -> None:
    query = random_vectors["chip"]
    expected = {
        token: cosine(query, row)
        for token, row in zip(random_vectors.tokens, random_vectors.matrix)
        if token not in ("chip", "<unk>")
    }
    found = random_vectors.most_similar("chip", 1000)  # more than there are
    assert [token for token, _ in found] == sorted(expected, key=lambda token: -expected[token])
    assert numpy.allclose([cos for _, cos in found], [expected[token] for token, _ in found], atol=1e-6)


def test_equal_cosines_come_in_the_order_of_ids() -> None:
    vectors = WordVectors(["a", "b", "c", "d"], [[1, 0], [0, 2], [0, 1], [0, 4]])
    assert vectors.most_similar("a", 3) == [("b", 0.0), ("c", 0.0), ("d", 0.0)]


def test_analogy_is_a_minus_b_plus_c(royal: WordVectors) -> None:
    """king − man + woman, unit vectors: (1, 1)/√2 − (1, 1)/√2 + (1, 3)/√10, which is woman's direction."""
    found = royal.analogy("king", "man", "woman", 5)
    assert [token for token, _ in found] == ["queen", "apple"]  # the three asked about are left out
    assert numpy.allclose([cos for _, cos in found], [24 / math.sqrt(580), 1 / math.sqrt(50)], atol=1e-6)


def test_analogy_tells_its_words_apart() -> None:
    """Axes royal, male, female: only a − b + c finds queen; the book's b − a + c would find peasant."""
    tokens = ["king", "man", "woman", "queen", "peasant"]
    vectors = WordVectors(tokens, [[2, 1, 0.1], [0.2, 1, 0], [0.2, 0, 1], [2, 0, 1], [-2, 0.5, 1]])
    assert vectors.analogy("king", "man", "woman", 1)[0][0] == "queen"
    assert vectors.analogy("man", "king", "woman", 1)[0][0] == "peasant"


def test_unknown_word_is_no_answer_but_a_question() -> None:
    vectors = WordVectors(["<unk>", "a", "b", "c"], [[1, 0.1], [1, 0], [1, 1], [0, 1]])
    assert [token for token, _ in vectors.most_similar("a", 3)] == ["b", "c"]
    assert [token for token, _ in vectors.analogy("a", "b", "b", 3)] == ["c"]
    assert [token for token, _ in vectors.most_similar("<unk>", 3)] == ["a", "b", "c"]


def test_zero_vectors_come_last_with_cosine_zero() -> None:
    vectors = WordVectors(["zero", "a", "opposite", "none"], [[0, 0], [1, 2], [-1, -2], [0, 0]])
    found = vectors.most_similar("a", 3)
    assert [token for token, _ in found] == ["opposite", "zero", "none"]
    assert found[0][1] == pytest.approx(-1) and found[1][1] == found[2][1] == 0.0
    assert vectors.most_similar("zero", 3) == [("a", 0.0), ("opposite", 0.0), ("none", 0.0)]
    assert all(math.isfinite(cos) for _, cos in vectors.analogy("zero", "none", "zero", 9))


def test_very_long_and_very_short_vectors() -> None:
    vectors = WordVectors(["long", "short", "other"], [[3e38, 3e38], [1e-40, 1e-40], [3e38, 0]])
    found = vectors.most_similar("long", 2)
    assert [token for token, _ in found] == ["short", "other"]
    assert numpy.allclose([cos for _, cos in found], [1, math.sqrt(0.5)], atol=1e-4)


def test_unknown_word_names_the_nearest_spellings(royal: WordVectors) -> None:
    for ask in (lambda: royal.most_similar("quen"), lambda: royal["quen"]):
        with pytest.raises(KeyError, match="'quen' is none of the 5 words; nearest spellings: queen"):
            ask()
    with pytest.raises(KeyError, match="no word is spelt like it"):
        royal.analogy("king", "man", "xyzzy")
    with pytest.raises(TypeError, match="token takes a string; got 3"):
        royal.most_similar(3)  # type: ignore[arg-type]


def test_wrong_k(royal: WordVectors) -> None:
    for k in (0, -1):
        with pytest.raises(ValueError, match=f"k takes an integer of at least 1, got {k}"):
            royal.most_similar("man", k)
    wrong: list[Any] = [2.0, True, "3", None]
    for k in wrong:
        with pytest.raises(TypeError, match="k takes an integer of at least 1, got"):
            royal.analogy("king", "man", "woman", k)
    assert len(royal.most_similar("man", numpy.int64(2))) == 2  # type: ignore[arg-type]


def test_vectors_work_as_a_dict(royal: WordVectors) -> None:
    assert len(royal) == 5 and "king" in royal and "prince" not in royal
    assert royal["queen"].tolist() == [3, 7] and royal.matrix.dtype == numpy.float32
    assert repr(royal) == "WordVectors(5 words, 2 dimensions)"
    with pytest.raises(ValueError, match="read-only"):
        royal["queen"][0] = 1


def test_the_callers_matrix_is_copied() -> None:
    matrix = numpy.array([[1, 0], [0.5, 1]], dtype=numpy.float32)
    vectors = WordVectors(["a", "b"], matrix)
    matrix[0] = 9
    assert vectors["a"].tolist() == [1, 0]


@pytest.mark.parametrize(
    "tokens, matrix, error, message",
    [
        (
            ["a", "b"],
            [[1, 2], [3, math.nan]],
            ValueError,
            "matrix takes finite float32 numbers; got nan for 'b'",
        ),
        (["a"], [[1, math.inf]], ValueError, "got inf for 'a'"),
        (["a"], [[1, 1e39]], ValueError, r"got 1e\+39 for 'a'"),
        (["a", "b", "a"], numpy.eye(3), ValueError, "tokens takes each word once; got 'a' for ids 0 and 2"),
        (["a"], numpy.eye(2), ValueError, "one row for each of 1 tokens; got 2 rows"),
        (["a"], [1.0], ValueError, r"got \(1,\)"),
        ([], numpy.zeros((0, 2)), ValueError, r"both at least 1; got \(0, 2\)"),
        (["a"], [["x"]], TypeError, "matrix takes numbers"),
        (["a", 3], numpy.eye(2), TypeError, "tokens takes strings; got 3 for id 1"),
        ("ab", numpy.eye(2), TypeError, "tokens takes a sequence of words; got the string 'ab'"),
    ],
)
def test_wrong_vectors(tokens: Any, matrix: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        WordVectors(tokens, matrix)


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


@pytest.mark.parametrize("token", ["", "New York", "tab\t", "line\nbreak", "\u00a0"])
def test_words_with_white_space_are_not_saved(token: str, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("kept")
    with pytest.raises(ValueError, match="without white space .* got " + re.escape(repr(token))):
        WordVectors(["a", token], numpy.eye(2)).save(path)
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
    monkeypatch.setattr(d2l, "download_extract", lambda name: str(tmp_path))
    embedding = d2l.TokenEmbedding("our vectors")
    assert embedding.idx_to_token == ["<unk>", *ROYAL]
    assert embedding[["queen", "apple", "prince"]].asnumpy().tolist() == [[3, 7], [-2, 1], [0, 0]]


def test_get_similar_tokens_prints_the_books_lines(royal: WordVectors, capsys: Any) -> None:
    get_similar_tokens("man", 3, royal)
    lines = "cosine sim=1.000: king\ncosine sim=0.928: queen\ncosine sim=0.894: woman\n"
    assert capsys.readouterr().out == lines
    get_similar_tokens("man", 3, royal.matrix, SimpleNamespace(idx_to_token=list(ROYAL)))
    assert capsys.readouterr().out == lines
    with pytest.raises(
        TypeError, match=r"vocab takes a d2l\.Vocab, unless embed is WordVectors; got NoneType"
    ):
        get_similar_tokens("man", 3, royal.matrix)
    with pytest.raises(ValueError, match="one row for each of 2 tokens; got 5 rows"):
        get_similar_tokens("man", 3, royal.matrix, SimpleNamespace(idx_to_token=["man", "king"]))


def test_get_similar_tokens_of_a_gluon_block(contexts: list[Any], capsys: Any) -> None:
    """As in the book, with a d2l.Vocab, in whose order <unk> may be anywhere; on one context and on two."""
    from d2l import mxnet as d2l

    vocab = d2l.Vocab([["chip"] * 4, ["intel"] * 3, ["bank"] * 2, ["loan"]])
    rows = {
        "chip": [2.0, 1.0],
        "intel": [4.0, 1.9],
        "bank": [-1.0, 3.0],
        "loan": [-2.0, 5.0],
        "<unk>": [2.0, 1.0],
    }
    embed = nn.Embedding(len(vocab), 2)
    embed.initialize(ctx=contexts)
    embed.weight.set_data(mx.np.array([rows[token] for token in vocab.idx_to_token]))
    get_similar_tokens("chip", 2, embed, vocab)
    expected = [(token, cosine(rows["chip"], rows[token])) for token in ("intel", "bank")]
    assert capsys.readouterr().out == "".join(f"cosine sim={cos:.3f}: {token}\n" for token, cos in expected)
    with pytest.raises(KeyError, match="nearest spellings: chip"):
        get_similar_tokens("chips", 2, embed, vocab)


def test_queries_import_neither_mxnet_nor_d2l() -> None:
    code = (
        "import sys, gluon_softmax as gs;"
        "gs.WordVectors, gs.get_similar_tokens, gs.build_huffman, gs.UnigramSampler;"
        "assert not {'mxnet', 'd2l', 'matplotlib'} & set(sys.modules), sorted(sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
