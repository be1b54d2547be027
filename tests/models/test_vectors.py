"""Word vectors beside cosines worked out by hand and by a loop, and what is refused."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Iterable

import numpy
import pytest
from oracles.word_vectors import ROYAL

from gluon_softmax.backend import mx, nn  # before d2l, which the tests import for themselves
from gluon_softmax.models.vectors import WordVectors, get_similar_tokens
from gluon_softmax.utils.types import Context


def cosine(a: Iterable[float], b: Iterable[float]) -> float:
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
    """Of unit vectors, king − man + woman = (1, 1)/√2 − (1, 1)/√2 + (1, 3)/√10: woman's direction."""
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
        (["a", 3], numpy.eye(2), TypeError, "tokens takes strings; got 3 at place 1"),
        ("ab", numpy.eye(2), TypeError, "tokens takes a sequence of words; got the string 'ab'"),
    ],
)
def test_wrong_vectors(tokens: Any, matrix: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        WordVectors(tokens, matrix)


def test_get_similar_tokens_prints_the_books_lines(
    royal: WordVectors, capsys: pytest.CaptureFixture[str]
) -> None:
    get_similar_tokens("man", 3, royal)
    lines = "cosine sim=1.000: king\ncosine sim=0.928: queen\ncosine sim=0.894: woman\n"
    assert capsys.readouterr().out == lines
    get_similar_tokens("man", 3, royal.matrix, SimpleNamespace(idx_to_token=list(ROYAL)))
    assert capsys.readouterr().out == lines
    with pytest.raises(TypeError, match=r"vocab takes a d2l\.Vocab, unless embed is WordVectors; got None"):
        get_similar_tokens("man", 3, royal.matrix)
    with pytest.raises(ValueError, match="one row for each of 2 tokens; got 5 rows"):
        get_similar_tokens("man", 3, royal.matrix, SimpleNamespace(idx_to_token=["man", "king"]))


def test_get_similar_tokens_of_a_gluon_block(
    contexts: list[Context], capsys: pytest.CaptureFixture[str]
) -> None:
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
