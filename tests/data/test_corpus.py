"""Text to ids: the same as counting and looking up word by word, and one clear error for bad input."""

from __future__ import annotations

import collections
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import gluon_softmax.data.corpus as corpus_module
from gluon_softmax.data.corpus import choose_corpus, data_folder, load_corpus
from gluon_softmax.utils.errors import CorpusError

TRAIN = "the cat sat on the mat\nthe <unk> sat\n\na dog ate the cat\nyes\n  a   tab\there  \nthe end"
VALID = "the zebra sat\nyes\n"
TEST = "a cat"


def write_folder(folder, train=TRAIN, valid=VALID, test=TEST):
    folder.mkdir(exist_ok=True)
    for split, text in {"train": train, "valid": valid, "test": test}.items():
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        (folder / f"{split}.txt").write_bytes(data)
    return folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "mine")


def slow(texts, min_freq, eos):
    """What a corpus is, one word at a time: the vocabulary, then (ids, offsets) by split."""
    sentences = {
        split: [line.split() + ["<eos>"] * eos for line in text.split("\n") if line.split()]
        for split, text in texts.items()
    }
    freqs = collections.Counter(word for sentence in sentences["train"] for word in sentence)
    words = sorted((w for w in freqs if w != "<unk>"), key=lambda w: (-freqs[w], w))
    vocab = ["<unk>"] + [w for w in words if freqs[w] >= min_freq or w == "<eos>"]
    id_of = {word: i for i, word in enumerate(vocab)}
    encoded = {}
    for split, lines in sentences.items():
        ids, offsets = [], [0]
        for line in lines:
            ids += [id_of.get(word, 0) for word in line]
            offsets.append(len(ids))
        encoded[split] = ids, offsets
    return vocab, encoded


def assert_is(corpus, vocab, encoded):
    assert corpus._idx_to_token == vocab
    for split, (ids, offsets) in encoded.items():
        assert corpus.ids(split).dtype == np.int32
        assert corpus.offsets(split).dtype == np.int64
        np.testing.assert_array_equal(corpus.ids(split), ids)
        np.testing.assert_array_equal(corpus.offsets(split), offsets)
    counts = np.bincount(encoded["train"][0], minlength=len(vocab))
    assert corpus.counts.dtype == np.int64
    np.testing.assert_array_equal(corpus.counts, counts)


@pytest.mark.parametrize("eos", [False, True])
@pytest.mark.parametrize("min_freq", [1, 2, 3])
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_equals_word_by_word(folder, monkeypatch, min_freq, eos, block):
    monkeypatch.setattr(corpus_module, "_BLOCK", block)
    corpus = load_corpus(folder, min_freq=min_freq, eos=eos)
    assert_is(corpus, *slow({"train": TRAIN, "valid": VALID, "test": TEST}, min_freq, eos))


def test_random_text_equals_word_by_word(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus_module, "_BLOCK", 64)
    rng = np.random.default_rng(5)
    words = np.array([f"w{i}é" for i in range(60)] + ["<unk>", "<eos>"])
    texts = {}
    for split, size in {"train": 3_000, "valid": 400, "test": 300}.items():
        drawn = words[np.minimum(rng.zipf(1.3, size) - 1, len(words) - 1)]
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
def test_ends_of_line_and_byte_order_mark_change_nothing(tmp_path, folder, monkeypatch, change, block):
    monkeypatch.setattr(corpus_module, "_BLOCK", block)
    other = write_folder(tmp_path / "other", change(TRAIN), change(VALID), change(TEST))
    one, two = load_corpus(folder, min_freq=1, eos=True), load_corpus(other, min_freq=1, eos=True)
    assert one._idx_to_token == two._idx_to_token
    for split in ("train", "valid", "test"):
        np.testing.assert_array_equal(one.ids(split), two.ids(split))
        np.testing.assert_array_equal(one.offsets(split), two.offsets(split))


def test_vocab_is_d2ls(folder):
    d2l = corpus_module._import_d2l()
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


def test_arrays_are_read_only_and_the_same_each_time(folder):
    corpus = load_corpus(folder, min_freq=1)
    for values in (corpus.ids("train"), corpus.offsets("valid"), corpus.counts):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 7
    assert corpus.ids("valid") is corpus.ids("valid")


def test_repr_says_what_it_is(folder):
    assert repr(load_corpus(folder, min_freq=2, eos=True)) == (
        f"Corpus({str(folder)!r}, min_freq=2, eos=True): 6 types, "
        "26 training tokens in 6 sentences, 34.6% <unk>"
    )


def test_default_min_freq_is_the_books_or_one_with_eos():
    assert load_corpus("mini_ptb").counts[1:].min() >= 10
    assert load_corpus().min_freq == 10
    language = load_corpus("mini_ptb", eos=True)
    assert language.min_freq == 1
    assert language.counts[1:].min() == 1


def test_one_word_sentences_are_sentences(tmp_path):
    corpus = load_corpus(write_folder(tmp_path / "one", "yes\nno\nyes\n", "no\n", "yes"), min_freq=1)
    np.testing.assert_array_equal(corpus.ids("train"), [1, 2, 1])
    np.testing.assert_array_equal(corpus.offsets("train"), [0, 1, 2, 3])


def test_min_freq_never_removes_eos(tmp_path):
    corpus = load_corpus(write_folder(tmp_path / "few", "a a a b\nc a\n", "a", "a"), min_freq=3, eos=True)
    assert corpus._idx_to_token == ["<unk>", "a", "<eos>"]
    np.testing.assert_array_equal(corpus.ids("train"), [1, 1, 1, 0, 2, 0, 1, 2])


@pytest.mark.parametrize("text", ["", "\n \n\t\r\n", b"\xef\xbb\xbf"])
def test_empty_text_is_refused(tmp_path, text):
    with pytest.raises(CorpusError, match=r"at least one word a split, and .*train\.txt has none"):
        load_corpus(write_folder(tmp_path / "empty", text), min_freq=1)
    corpus = load_corpus(write_folder(tmp_path / "empty", TRAIN, text), min_freq=1)
    with pytest.raises(CorpusError, match=r"at least one word a split, and .*valid\.txt has none"):
        corpus.ids("valid")


def test_min_freq_that_removes_everything_is_refused(folder, tmp_path):
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
        ({"eos": "yes"}, TypeError, "eos takes True or False, got 'yes'"),
        ({"name": "pbt"}, ValueError, "name takes 'ptb', 'mini_ptb' or a folder .* got 'pbt'"),
        ({"name": ""}, ValueError, "name takes .* got ''"),
        ({"name": 3}, TypeError, "name takes a str or a Path, got 3"),
        ({"name": None}, TypeError, "name takes a str or a Path, got None"),
    ],
)
def test_bad_arguments_are_named(folder, arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        load_corpus(**{"name": folder, **arguments})


@pytest.mark.parametrize("split", ["training", "Train", None, 0])
def test_unknown_split_is_named(folder, split):
    corpus = load_corpus(folder, min_freq=1)
    with pytest.raises(ValueError, match="split takes one of train, valid, test; got"):
        corpus.ids(split)
    with pytest.raises(ValueError, match="split takes one of train, valid, test; got"):
        corpus.offsets(split)


@pytest.mark.parametrize("missing", [["train"], ["valid"], ["test"], ["valid", "test"]])
def test_missing_file_is_named(folder, missing):
    for split in missing:
        (folder / f"{split}.txt").unlink()
    with pytest.raises(CorpusError, match=f"lacks {', '.join(f'{s}.txt' for s in missing)}$"):
        load_corpus(folder)


@pytest.mark.parametrize("block", [3, 1 << 20])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("bad", [b"\xff", b"\xe9", b"\xed\xa0\x80"])
def test_invalid_utf8_is_found_by_file_byte_and_line(tmp_path, monkeypatch, block, mark, bad):
    monkeypatch.setattr(corpus_module, "_BLOCK", block)
    good = mark + "é one\ntwo three\nfour ".encode()
    path = write_folder(tmp_path / "latin", good + bad + b" five\n")
    sentence = f"train.txt takes UTF-8 text, got byte 0x{bad[0]:02x} at offset {len(good)}, line 3"
    with pytest.raises(CorpusError, match=sentence):
        load_corpus(path, min_freq=1)


def test_a_text_of_one_long_line_is_read_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus_module, "_BLOCK", 100)
    corpus = load_corpus(write_folder(tmp_path / "line", "w1 w2 w3 " * 1_000, "w1", "w1"), min_freq=1)
    np.testing.assert_array_equal(corpus.ids("train"), [1, 2, 3] * 1_000)
    np.testing.assert_array_equal(corpus.offsets("train"), [0, 3_000])


def test_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("GLUON_SOFTMAX_DATA", raising=False)
    package = tmp_path / "clone" / "gluon_softmax" / "data"
    package.mkdir(parents=True)
    monkeypatch.setattr(corpus_module, "__file__", str(package / "corpus.py"))
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


def test_mini_ptb_is_found_in_an_installed_package(tmp_path, monkeypatch):
    archive = corpus_module._mini_ptb_archive()
    package = tmp_path / "gluon_softmax" / "data"
    package.mkdir(parents=True)
    monkeypatch.setattr(corpus_module, "__file__", str(package / "corpus.py"))
    with pytest.raises(CorpusError, match="embedded corpus is missing"):
        load_corpus("mini_ptb")
    shutil.copy(archive, package)
    assert len(load_corpus("mini_ptb").ids("train")) > 150_000


def test_mini_ptb_loads_without_mxnet_and_d2l():
    code = (
        "import sys, gluon_softmax.data.corpus as c; "
        "corpus = c.load_corpus('mini_ptb'); corpus.ids('valid'); "
        "assert not {'mxnet', 'd2l', 'requests'} & set(sys.modules)"
    )
    root = str(Path(__file__).resolve().parents[2])
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


class FakeD2l:
    """d2l's table of downloads with an archive of ours: nothing listens at its address."""

    def __init__(self, content):
        self.DATA_HUB = {"ptb": ("http://127.0.0.1:9/ptb.zip", hashlib.sha1(content).hexdigest())}


@pytest.fixture
def ptb_like(tmp_path, monkeypatch):
    """A small ptb.zip that is what DATA_HUB asks for, in a folder of its own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    place = tmp_path / "data"
    place.mkdir()
    with zipfile.ZipFile(place / "ptb.zip", "w") as archive:
        for split, text in {"train": TRAIN, "valid": VALID, "test": TEST}.items():
            archive.writestr(f"ptb/ptb.{split}.txt", text)
    fake = FakeD2l((place / "ptb.zip").read_bytes())
    monkeypatch.setattr(corpus_module, "_import_d2l", lambda: fake)
    return place


def test_cached_ptb_is_read_and_unpacked_for_d2l(ptb_like, monkeypatch):
    corpus = load_corpus("ptb", min_freq=1, eos=True, data_dir=ptb_like)
    assert corpus.name == "ptb"
    assert_is(corpus, *slow({"train": TRAIN, "valid": VALID, "test": TEST}, 1, True))
    assert (ptb_like / "ptb" / "ptb.train.txt").read_text() == TRAIN
    monkeypatch.setenv("GLUON_SOFTMAX_DATA", str(ptb_like))
    assert len(load_corpus("ptb", min_freq=1).ids("train")) == 20
    assert choose_corpus() == ("ptb", f"corpus: ptb, from {ptb_like / 'ptb.zip'}")


def test_ptb_in_a_folder_that_cannot_be_written(ptb_like, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *args: False)
    assert len(load_corpus("ptb", min_freq=1, data_dir=ptb_like).ids("train")) == 20
    assert sorted(os.listdir(ptb_like)) == ["ptb.zip"]


@pytest.mark.parametrize("content", [None, b"<html>404</html>", "truncated"])
def test_without_ptb_the_embedded_corpus_is_chosen_and_why_is_said(ptb_like, content):
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


def test_a_corpus_that_was_asked_for_is_chosen():
    assert choose_corpus("mini_ptb") == ("mini_ptb", "corpus: mini_ptb, as asked for")


@pytest.fixture(scope="module")
def real_ptb():
    place = data_folder() / "ptb.zip"
    if not place.is_file():
        pytest.skip(f"PTB is not in {place.parent}")
    return lambda **arguments: load_corpus("ptb", **arguments)


def test_ptb_is_what_the_book_reads(real_ptb):
    """The figures of d2l's own archive: 42,068 sentences and, as in book section 15.3, 6,719 types."""
    corpus = real_ptb(min_freq=10)
    assert len(corpus.vocab) == len(corpus.counts) == 6_719
    assert len(corpus.offsets("train")) - 1 == 42_068
    assert corpus.vocab.idx_to_token[:6] == ["<unk>", "the", "N", "of", "to", "a"]
    assert (np.diff(corpus.counts[1:]) <= 0).all()
    assert corpus.counts[corpus.vocab["the"]] == 50_770
    assert corpus.counts.sum() == len(corpus.ids("train")) == 887_521


def test_ptb_for_language_models(real_ptb):
    corpus = real_ptb(min_freq=1, eos=True)
    assert len(corpus.counts) == 10_000
    sizes = {s: (len(corpus.ids(s)), len(corpus.offsets(s)) - 1) for s in ("train", "valid", "test")}
    assert sizes == {"train": (929_589, 42_068), "valid": (73_760, 3_370), "test": (82_430, 3_761)}
    eos = corpus.vocab["<eos>"]
    for split in sizes:
        np.testing.assert_array_equal(np.flatnonzero(corpus.ids(split) == eos), corpus.offsets(split)[1:] - 1)


def test_d2l_finds_the_same_file_from_the_chapters_folder(real_ptb, monkeypatch):
    real_ptb()
    if data_folder() != Path(__file__).resolve().parents[2] / "data":
        pytest.skip("d2l looks in the clone's data/ only")
    d2l = corpus_module._import_d2l()
    monkeypatch.chdir(Path(__file__).resolve().parents[2] / "chapters")
    monkeypatch.setattr("requests.get", lambda *args, **kwargs: pytest.fail("d2l downloads again"))
    path = Path(d2l.download("ptb"))
    assert path.resolve() == (data_folder() / "ptb.zip").resolve()
    words = (data_folder() / "ptb" / "ptb.train.txt").read_text(encoding="utf-8").split()
    assert len(words) == 887_521
