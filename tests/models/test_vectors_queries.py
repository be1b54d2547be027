"""Questions about several words, beside loops and gensim; and the word that is not there."""

from __future__ import annotations

import contextlib
import copy
import pickle
import time
from typing import Any, Callable

import numpy
import pytest

from gluon_softmax.models.generation import generate
from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.utils.errors import UnknownTokenError

Question = Callable[[WordVectors], object]


@pytest.fixture
def vectors() -> WordVectors:
    rng = numpy.random.default_rng(5)
    return WordVectors([f"word{i}" for i in range(60)], rng.normal(size=(60, 9)))


@pytest.fixture
def peer(vectors: WordVectors) -> Any:
    keyed = pytest.importorskip("gensim.models").KeyedVectors(vector_size=9)
    keyed.add_vectors(vectors.tokens, vectors.matrix)
    return keyed


@pytest.mark.filterwarnings("ignore:Call to deprecated .init_sims")
def test_several_words_near_and_far(vectors: WordVectors, peer: Any) -> None:
    near, far = ["word1", "word2"], ["word3", "word4"]
    for positive, negative in ((near, far), (near, []), (near, far[:1]), ([], far)):
        expected = peer.most_similar(positive=positive, negative=negative, topn=20)
        found = vectors.most_similar(positive=positive, negative=negative, k=20)
        assert [token for token, _ in found] == [token for token, _ in expected]
        assert numpy.allclose([s for _, s in found], [s for _, s in expected], atol=1e-6)
        if not positive:  # gensim refuses it
            continue
        both = vectors.most_similar(positive=positive, negative=negative, k=20, method="3cosadd")
        assert both == vectors.most_similar(positive=positive, negative=negative, k=20, method="add")
        mul = peer.most_similar_cosmul(positive=positive, negative=negative, topn=20)
        found = vectors.most_similar(positive=positive, negative=negative, k=20, method="3cosmul")
        assert found == vectors.most_similar(positive=positive, negative=negative, k=20, method="mul")
        assert [token for token, _ in found] == [token for token, _ in mul]
        assert numpy.allclose([s for _, s in found], [s for _, s in mul], rtol=1e-4)


def test_a_product_of_shares_by_hand() -> None:
    """Cosines with x, y: a 1, 0; b 0, 1; c 0.6, 0.8; so c scores (1.6 / 2) / (1.8 / 2)."""
    vectors = WordVectors(["x", "y", "c"], [[1, 0], [0, 1], [3, 4]])
    ((token, score),) = vectors.most_similar("x", negative=["y"], method="mul")
    assert token == "c" and score == pytest.approx(0.8 / (0.9 + 1e-6), rel=1e-6)
    assert score != pytest.approx(0.8 / 0.9, rel=1e-7)


def test_the_token_is_one_of_the_positive_words(vectors: WordVectors) -> None:
    both = vectors.most_similar("word7", 5, positive=["word8"])
    assert both == vectors.most_similar(positive=["word7", "word8"], k=5)
    assert vectors.most_similar("word7", 5) == vectors.most_similar(positive=["word7"], k=5)
    analogy = vectors.analogy("word1", "word2", "word3", 5)
    assert analogy == vectors.most_similar(positive=["word1", "word3"], negative=["word2"], k=5)


def test_similarity_is_the_cosine(vectors: WordVectors, peer: Any) -> None:
    for a, b in (("word1", "word2"), ("word5", "word9"), ("word3", "word3")):
        assert vectors.similarity(a, b) == pytest.approx(float(peer.similarity(a, b)), abs=1e-6)
        assert -1 <= vectors.similarity(a, b) <= 1
    zero = WordVectors(["zero", "a"], [[0, 0], [1, 2]])
    assert zero.similarity("zero", "a") == zero.similarity("zero", "zero") == 0


def test_the_word_that_does_not_match(vectors: WordVectors, peer: Any) -> None:
    rng = numpy.random.default_rng(1)
    for _ in range(30):
        words = [f"word{i}" for i in rng.choice(60, 5, replace=False)]
        assert vectors.doesnt_match(words) == peer.doesnt_match(words)
    assert WordVectors(["a", "b", "c"], [[1, 0], [1, 0.1], [-1, 3]]).doesnt_match(["a", "b", "c"]) == "c"


WRONG: list[tuple[Question, type[Exception], str]] = [
    (lambda v: v.most_similar(), ValueError, "positive takes one word or more"),
    (lambda v: v.most_similar(positive="word1"), TypeError, "positive takes a sequence of words"),
    (lambda v: v.most_similar("word1", negative="word2"), TypeError, "negative takes a sequence of words"),
    (
        lambda v: v.most_similar("word1", method="cosmul"),
        ValueError,
        "method takes one of add, mul, 3cosadd, 3cosmul; got 'cosmul'",
    ),
    (lambda v: v.most_similar("word1", negative=["wurd2"]), KeyError, "nearest spellings: word2"),
    (lambda v: v.similarity("word1", "x"), KeyError, "'x' is none of the 60 words"),
    (lambda v: v.doesnt_match([]), ValueError, "tokens takes one word or more; got none"),
    (
        lambda v: v.doesnt_match("word1"),
        TypeError,
        "tokens takes a sequence of words; got the string 'word1'",
    ),
    (lambda v: v.doesnt_match(["word1", "x"]), KeyError, "'x' is none"),
]


@pytest.mark.parametrize("ask, error, message", WRONG)
def test_wrong_questions(ask: Question, error: type[Exception], message: str, vectors: WordVectors) -> None:
    with pytest.raises(error, match=message):
        ask(vectors)


def test_trying_a_word_that_is_not_there_costs_microseconds_among_400_000() -> None:
    tokens = [f"{i:x}washington" for i in range(400_000)]
    vectors = WordVectors(tokens, numpy.ones((len(tokens), 1)))
    start = time.perf_counter()
    for _ in range(3):
        with contextlib.suppress(KeyError):
            vectors["Washington"]
    assert time.perf_counter() - start < 0.5  # all spellings are compared in some seconds


def test_the_hint_is_made_when_the_message_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def spy(word: str, _tokens: list[str]) -> list[str]:
        asked.append(word)
        return ["chip"]

    monkeypatch.setattr("difflib.get_close_matches", spy)
    with pytest.raises(KeyError) as caught:
        WordVectors(["chip"], [[1.0]])["chop"]
    vocab: Any = type("Vocab", (), {"token_to_idx": {"<eos>": 0}, "idx_to_token": ["<eos>"]})
    net: Any = None
    with pytest.raises(UnknownTokenError) as caught_too:
        generate(net, vocab, prefix="chop")
    assert not asked
    assert str(caught.value) == "'chop' is none of the 1 words; nearest spellings: chip"
    assert "nearest spellings" in str(caught_too.value) and asked == ["chop", "chop"]


def test_the_error_can_be_copied_and_pickled_without_the_words(vectors: WordVectors) -> None:
    with pytest.raises(KeyError) as caught:
        vectors["word100"]
    data = pickle.dumps(caught.value)
    assert b"word59" not in data
    for again in (pickle.loads(data), copy.copy(caught.value)):
        assert isinstance(again, KeyError) and again.args == (str(caught.value),)
