"""Text to ids: the same as counting and looking up word by word, and one clear error for bad input."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, Callable

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.archives import zip_bytes
from oracles.corpus_reference import TEST, TRAIN, VALID, assert_is, slow, write_folder

from gluon_softmax import Corpus, load_corpus
from gluon_softmax.data import corpus as corpus_module
from gluon_softmax.data import text as text_module
from gluon_softmax.data.sources import SPLITS, _members, import_d2l
from gluon_softmax.utils.errors import CorpusError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "mine")


@pytest.mark.parametrize("eos", [False, True])
@pytest.mark.parametrize("min_freq", [1, 2, 3])
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_equals_word_by_word(
    folder: Path, monkeypatch: pytest.MonkeyPatch, min_freq: int, eos: bool, block: int
) -> None:
    monkeypatch.setattr(corpus_module, "_BLOCK", block)
    monkeypatch.setattr(text_module, "_BLOCK", block)
    corpus = load_corpus(folder, min_freq=min_freq, eos=eos)
    assert_is(corpus, *slow({"train": TRAIN, "valid": VALID, "test": TEST}, min_freq, eos))


def test_random_text_equals_word_by_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_module, "_BLOCK", 64)
    monkeypatch.setattr(text_module, "_BLOCK", 64)
    rng = numpy.random.default_rng(5)
    words = numpy.array([f"w{i}é" for i in range(60)] + ["<unk>", "<eos>"])
    texts = {}
    for split, size in {"train": 3_000, "valid": 400, "test": 300}.items():
        drawn = words[numpy.minimum(rng.zipf(1.3, size) - 1, len(words) - 1)]
        texts[split] = "".join(
            w + rng.choice([" ", "  ", "\n", "\n\n"], p=[0.8, 0.1, 0.08, 0.02]) for w in drawn
        )
    corpus = load_corpus(write_folder(tmp_path / "random", **texts), min_freq=5, eos=True)
    assert_is(corpus, *slow(texts, 5, True))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n\r\n",
    ],
    ids=["crlf", "bom", "both"],
)
@pytest.mark.parametrize("block", [2, 1 << 20])
def test_ends_of_line_and_byte_order_mark_change_nothing(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], bytes], block: int
) -> None:
    monkeypatch.setattr(text_module, "_BLOCK", block)
    other = write_folder(tmp_path / "other", change(TRAIN), change(VALID), change(TEST))
    one, two = load_corpus(folder, min_freq=1, eos=True), load_corpus(other, min_freq=1, eos=True)
    assert one._idx_to_token == two._idx_to_token
    for split in ("train", "valid", "test"):
        numpy.testing.assert_array_equal(one.ids(split), two.ids(split))
        numpy.testing.assert_array_equal(one.offsets(split), two.offsets(split))


def test_vocab_is_d2ls(folder: Path) -> None:
    d2l = import_d2l()
    corpus = load_corpus(folder, min_freq=2, eos=False)
    vocab = corpus.vocab
    assert isinstance(vocab, d2l.Vocab)
    assert vocab is corpus.vocab
    assert len(vocab) == 5
    assert vocab.idx_to_token == ["<unk>", "the", "a", "cat", "sat"]
    assert vocab.unk == vocab["<unk>"] == vocab["zebra"] == 0
    assert vocab[["cat", "zebra", "the"]] == [3, 0, 1]
    assert vocab.to_tokens(4) == "sat"
    assert vocab.to_tokens([1, 3]) == ["the", "cat"]
    theirs = d2l.Vocab([line.split() for line in TRAIN.split("\n")], min_freq=2)
    assert set(theirs.idx_to_token) == set(vocab.idx_to_token)
    assert sorted(theirs.token_freqs) == sorted(vocab.token_freqs)
    assert [freq for _, freq in vocab.token_freqs] == sorted((f for _, f in theirs.token_freqs), reverse=True)


def test_arrays_are_read_only_and_the_same_each_time(folder: Path) -> None:
    corpus = load_corpus(folder, min_freq=1)
    for values in (corpus.ids("train"), corpus.offsets("valid"), corpus.counts):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 7
    assert corpus.ids("valid") is corpus.ids("valid")


def test_repr_says_what_it_is(folder: Path) -> None:
    assert repr(load_corpus(folder, min_freq=2, eos=True)) == (
        f"Corpus({str(folder)!r}, min_freq=2, eos=True): 6 types, "
        "26 training tokens in 6 sentences, 34.6% <unk>"
    )


def test_default_min_freq_is_the_books_or_one_with_eos() -> None:
    assert load_corpus("mini_ptb").counts[1:].min() >= 10
    assert load_corpus().min_freq == 10
    language = load_corpus("mini_ptb", eos=True)
    assert language.min_freq == 1
    assert language.counts[1:].min() == 1


def test_one_word_sentences_are_sentences(tmp_path: Path) -> None:
    corpus = load_corpus(write_folder(tmp_path / "one", "yes\nno\nyes\n", "no\n", "yes"), min_freq=1)
    numpy.testing.assert_array_equal(corpus.ids("train"), [1, 2, 1])
    numpy.testing.assert_array_equal(corpus.offsets("train"), [0, 1, 2, 3])


def test_min_freq_never_removes_eos(tmp_path: Path) -> None:
    corpus = load_corpus(write_folder(tmp_path / "few", "a a a b\nc a\n", "a", "a"), min_freq=3, eos=True)
    assert corpus._idx_to_token == ["<unk>", "a", "<eos>"]
    numpy.testing.assert_array_equal(corpus.ids("train"), [1, 1, 1, 0, 2, 0, 1, 2])


@pytest.mark.parametrize("text", ["", "\n \n\t\r\n", b"\xef\xbb\xbf"])
def test_empty_text_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(CorpusError, match=r"at least one word per split, and .*train\.txt has none"):
        load_corpus(write_folder(tmp_path / "empty", text), min_freq=1)
    corpus = load_corpus(write_folder(tmp_path / "empty", TRAIN, text), min_freq=1)
    with pytest.raises(CorpusError, match=r"at least one word per split, and .*valid\.txt has none"):
        corpus.ids("valid")


def test_min_freq_that_removes_everything_is_refused(folder: Path, tmp_path: Path) -> None:
    assert load_corpus(folder, min_freq=4)._idx_to_token == ["<unk>", "the"]
    for eos in (False, True):
        with pytest.raises(ValueError, match=r"min_freq=6 removes every word .* takes 1 to 5"):
            load_corpus(folder, min_freq=6, eos=eos)
    with pytest.raises(ValueError, match="nothing but <unk>"):
        load_corpus(write_folder(tmp_path / "unk", "<unk> <unk>\n"), min_freq=1, eos=True)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"min_freq": 0}, ValueError, "min_freq takes an integer of at least 1, got 0"),
        ({"min_freq": -3}, ValueError, "min_freq takes .* got -3"),
        ({"min_freq": 2.5}, TypeError, "min_freq takes an integer .* got 2.5"),
        ({"min_freq": "10"}, TypeError, "min_freq takes an integer .* got '10'"),
        ({"min_freq": True}, TypeError, "min_freq takes an integer .* got True"),
        ({"eos": "yes"}, TypeError, "eos takes True or False; got 'yes'"),
        ({"name": "pbt"}, ValueError, "name takes 'ptb', 'mini_ptb' or a folder .* got 'pbt'"),
        ({"name": ""}, ValueError, "name takes .* got ''"),
        ({"name": 3}, TypeError, "name takes a str or a Path, got 3"),
        ({"name": None}, TypeError, "name takes a str or a Path, got None"),
    ],
)
def test_bad_arguments_are_named(folder: Path, arguments: dict[str, Any], error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        load_corpus(**{"name": folder, **arguments})


@pytest.mark.parametrize("split", ["training", "Train", None, 0])
def test_unknown_split_is_named(folder: Path, split: Any) -> None:
    corpus = load_corpus(folder, min_freq=1)
    with pytest.raises(ValueError, match="split takes one of train, valid, test; got"):
        corpus.ids(split)
    with pytest.raises(ValueError, match="split takes one of train, valid, test; got"):
        corpus.offsets(split)


@pytest.mark.parametrize("block", [3, 1 << 20])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("bad", [b"\xff", b"\xe9", b"\xed\xa0\x80"])
def test_invalid_utf8_is_found_by_file_byte_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, mark: bytes, bad: bytes
) -> None:
    monkeypatch.setattr(text_module, "_BLOCK", block)
    good = mark + "é one\ntwo three\nfour ".encode()
    path = write_folder(tmp_path / "latin", good + bad + b" five\n")
    sentence = f"train.txt takes UTF-8 text, got byte 0x{bad[0]:02x} at offset {len(good)}, line 3"
    with pytest.raises(CorpusError, match=sentence):
        load_corpus(path, min_freq=1)


def test_a_text_of_one_long_line_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_module, "_BLOCK", 100)
    monkeypatch.setattr(text_module, "_BLOCK", 100)
    corpus = load_corpus(write_folder(tmp_path / "line", "w1 w2 w3 " * 1_000, "w1", "w1"), min_freq=1)
    numpy.testing.assert_array_equal(corpus.ids("train"), [1, 2, 3] * 1_000)
    numpy.testing.assert_array_equal(corpus.offsets("train"), [0, 3_000])


@pytest.mark.parametrize("eos", [False, True])
def test_the_lines_of_an_old_mac_are_sentences(eos: bool, tmp_path: Path) -> None:
    """As d2l reads them, which opens a text in Python's text mode; in a folder, and in PTB's archive."""
    text = "a b c\rb a\rc a b\r"
    wanted = load_corpus(
        write_folder(tmp_path / "unix", *3 * [text.replace("\r", "\n")]), min_freq=1, eos=eos
    )
    assert len(wanted.offsets("train")) == 4
    for end in ("\r", "\r\n"):
        given = text.replace("\r", end)
        corpus = load_corpus(write_folder(tmp_path / "mine", given, given, given), min_freq=1, eos=eos)
        (tmp_path / "ptb.zip").write_bytes(zip_bytes([(f"{split}.txt", given) for split in SPLITS]))
        zipped = Corpus("zip", _members(tmp_path / "ptb.zip", "{}.txt"), 1, eos)
        for split in SPLITS:
            for found in (corpus, zipped):
                numpy.testing.assert_array_equal(found.ids(split), wanted.ids(split))
                numpy.testing.assert_array_equal(found.offsets(split), wanted.offsets(split))


def test_a_line_that_ends_in_eos_already_gets_no_second_one(tmp_path: Path) -> None:
    plain = load_corpus(write_folder(tmp_path / "plain", "a b\nb\n", "a\n", "c a\n"), min_freq=1, eos=True)
    marked = write_folder(tmp_path / "eos", "a b <eos>\n b <eos> \n", "a <eos>\n", "c a <eos>")
    corpus = load_corpus(marked, min_freq=1, eos=True)
    assert corpus._idx_to_token == plain._idx_to_token
    for split in SPLITS:
        numpy.testing.assert_array_equal(corpus.ids(split), plain.ids(split))
        numpy.testing.assert_array_equal(corpus.offsets(split), plain.offsets(split))
    assert corpus.counts.tolist() == plain.counts.tolist()
    some = load_corpus(write_folder(tmp_path / "some", "a <eos> b\na <eos>\na\n"), min_freq=1, eos=True)
    eos = some.vocab["<eos>"]
    assert [int((some.ids("train")[a:b] == eos).sum()) for a, b in ((0, 4), (4, 6), (6, 8))] == [2, 1, 1]


def test_a_byte_order_mark_in_each_split(tmp_path: Path) -> None:
    marked = load_corpus(write_folder(tmp_path / "bom", *3 * ["\ufeffa b\na"]), min_freq=1)
    for split in SPLITS:
        assert marked.ids(split).tolist() == [1, 2, 1]


@pytest.mark.parametrize("broken", ["valid", "test"])
@pytest.mark.parametrize("text", [b"", b"a \xff", b"a\0b"])
def test_a_split_that_cannot_be_read_is_found_when_asked(broken: str, text: bytes, tmp_path: Path) -> None:
    corpus = load_corpus(write_folder(tmp_path / "mine", **{broken: text}), min_freq=1)
    with pytest.raises(CorpusError, match=f"{broken}.txt"):
        corpus.check()
    load_corpus(write_folder(tmp_path / "good"), min_freq=1).check()


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text(st.sampled_from("abc \n\r\t\u3000é"), min_size=1), min_size=3, max_size=3),
    min_freq=st.integers(1, 2),
    eos=st.booleans(),
)
def test_any_text_equals_word_by_word(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], min_freq: int, eos: bool
) -> None:
    folder = write_folder(tmp_path_factory.getbasetemp() / "any", *texts)
    lines = {split: re.sub("\r\n?", "\n", text) for split, text in zip(SPLITS, texts)}
    words = Counter(lines["train"].split())
    if not all(text.split() for text in texts) or max(words.values()) < min_freq:
        with pytest.raises(ValueError, match=r"at least one word|removes every word"):
            load_corpus(folder, min_freq, eos).check()
        return
    assert_is(load_corpus(folder, min_freq, eos), *slow(lines, min_freq, eos))
