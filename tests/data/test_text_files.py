"""Texts as people have them: packed, with WikiText's names, in one file or many; cut where a line ends."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from typing import Callable

import pytest

from gluon_softmax import load_corpus
from gluon_softmax.data import text_files
from gluon_softmax.data.corpus import Corpus
from gluon_softmax.data.sources import find_sources
from gluon_softmax.utils.errors import CorpusError

TEXTS = {"train": "a b c\nb über\n" * 30, "valid": "a b\n" * 5, "test": "c b a\n" * 5}
PACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}


def read(name: Path) -> dict[str, str]:
    """The text of each split."""
    found = {}
    for split, source in find_sources(name).items():
        with source.open() as stream:
            found[split] = stream.read().decode()
    return found


def same(a: Corpus, b: Corpus) -> bool:
    return a.tokens == b.tokens and all(
        (a.ids(split) == b.ids(split)).all() and (a.offsets(split) == b.offsets(split)).all()
        for split in TEXTS
    )


@pytest.mark.parametrize("end", PACK)
@pytest.mark.parametrize("layout", text_files.LAYOUTS)
def test_three_files_of_any_layout_packed_or_not(layout: str, end: str, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    for split, text in TEXTS.items():
        (tmp_path / f"{layout.format(split)}{end}").write_bytes(PACK[end](text.encode()))
        (tmp_path / "plain" / f"{split}.txt").write_text(text, "utf-8")
    assert read(tmp_path) == TEXTS
    for eos in (False, True):
        found, plain = (load_corpus(path, min_freq=1, eos=eos) for path in (tmp_path, tmp_path / "plain"))
        assert same(found, plain)


def test_packed_and_plain_files_mix(tmp_path: Path) -> None:
    (tmp_path / "train.txt.gz").write_bytes(gzip.compress(TEXTS["train"].encode()))
    (tmp_path / "valid.txt").write_text(TEXTS["valid"])
    (tmp_path / "test.txt.bz2").write_bytes(bz2.compress(TEXTS["test"].encode()))
    assert read(tmp_path) == TEXTS


@pytest.mark.parametrize("end", PACK)
@pytest.mark.parametrize("text", ["word{} and\n", "word{} and "], ids=["lines", "one line"])
def test_one_file_is_cut_into_three_without_losing_a_word(text: str, end: str, tmp_path: Path) -> None:
    whole = "".join(text.format(i) for i in range(20_000))
    path = tmp_path / f"text8{end}"
    path.write_bytes(PACK[end](whole.encode()))
    found = read(path)
    assert "".join(found.values()).rstrip("\n") == whole.rstrip("\n")
    sizes = [len(found[split]) / len(whole) for split in TEXTS]
    assert sizes == pytest.approx([0.9, 0.05, 0.05], abs=0.01)
    for split in ("train", "valid"):
        assert found[split][-1] == text[-1]
    corpus = load_corpus(path, min_freq=1)
    assert sum(len(corpus.ids(split)) for split in TEXTS) == 40_000
    assert len(corpus.offsets("train")) == (18_001 if text.endswith("\n") else 2) or "\n" in text


def test_one_line_among_lines_is_cut_at_white_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line's end is looked for nearby only."""
    monkeypatch.setattr(text_files, "_NEAR", 100)
    whole = "ab " * 1000 + "\n"
    (tmp_path / "t").write_text(whole)
    found = read(tmp_path / "t")
    assert "".join(found.values()).strip() == whole.strip()
    assert all(text.split() and set(text.split()) == {"ab"} for text in found.values())


@pytest.mark.parametrize("block", [1 << 20, 7])
def test_a_folder_of_loose_files_is_one_text(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "_BLOCK", block)
    lines = [f"line {i}" for i in range(400)]
    (tmp_path / "a.txt").write_text("\n".join(lines[:100]))  # no line's end at its end
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(("\n".join(lines[100:200]) + "\n").encode()))
    (tmp_path / "c.txt.bz2").write_bytes(bz2.compress("\n".join(lines[200:]).encode()))
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "notes.md").write_text("not text of the corpus")
    found = read(tmp_path)
    assert [line for text in found.values() for line in text.split("\n") if line] == lines
    assert all(found.values())
    corpus = load_corpus(tmp_path, min_freq=1)
    assert sum(len(corpus.ids(split)) for split in TEXTS) == 800


def test_a_corpus_of_one_file_trains(tmp_path: Path) -> None:
    from gluon_softmax import SkipGramPairs

    (tmp_path / "text8").write_text("the quick brown fox jumps over it " * 300)
    pairs = SkipGramPairs(load_corpus(tmp_path / "text8", min_freq=1), 64, subsampling="none")
    assert len(next(iter(pairs.epoch(0))).center) == 64


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("t.gz", b"not packed", r"t.gz is damaged or not packed as its name says: Not a gzipped file"),
        ("t.gz", gzip.compress(b"a b\n" * 9999)[:-20], r"t.gz is damaged: Compressed file ended"),
        ("t.bz2", b"not packed at all", r"t.bz2 is damaged or not packed as its name says: Invalid data"),
        ("t.bz2", bz2.compress(b"a b\n" * 9999)[:-9], r"t.bz2 is damaged: Compressed file ended"),
        ("t", b"", r"the corpus takes at least one word per split, and the train part of .*t has none"),
        ("t", b"word", r"the corpus takes at least one word per split, and the valid part of .*t has none"),
        ("t", b"a b\n" * 99 + b"\xff\n", r"the test part of .*t takes UTF-8 text, got byte 0xff"),
        ("t", b"x" * 5_000_000, r"the train part of .*t takes words of at most 1,048,576 characters"),
    ],
)
def test_damaged_files(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=message):
        load_corpus(tmp_path / name, min_freq=1).check()


def test_a_damaged_byte_in_a_packed_file_is_named(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"some words of text\n" * 9999))
    for split in ("valid", "test"):
        (tmp_path / f"{split}.txt").write_text("some words\n")
    for at in range(12, len(whole), len(whole) // 30):
        data = bytearray(whole)
        data[at] ^= 255
        (tmp_path / "train.txt.gz").write_bytes(data)
        with pytest.raises(CorpusError, match=r"train\.txt\.gz"):
            load_corpus(tmp_path, min_freq=1)


def test_a_layout_with_a_file_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "wiki.train.tokens").write_text("a")
    message = "takes wiki.train.tokens, wiki.valid.tokens and wiki.test.tokens; .* lacks wiki.valid.tokens, "
    with pytest.raises(CorpusError, match=message):
        find_sources(tmp_path)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"lacks train.txt, valid.txt, test.txt, and has no other \*.txt"):
        find_sources(tmp_path)
