"""Bytes as lines of words, beside what Python itself reads, with blocks that end anywhere."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gluon_softmax.data import text as text_module
from gluon_softmax.data.text import MAX_WORD, read_text
from gluon_softmax.utils.errors import CorpusError

BLOCKS = [1, 2, 3, 5, 1 << 20]


def read(data: bytes) -> list[list[str]]:
    """The words of each line, put together from the blocks as the corpus does it."""
    lines: list[list[str]] = [[]]
    for block in read_text(io.BytesIO(data), "train.txt"):
        *ended, unfinished = block.split("\n")
        for line in ended:
            lines[-1] += line.split()
            lines.append([])
        lines[-1] += unfinished.split()
    return lines


def read_by_python(data: bytes) -> list[list[str]]:
    """As d2l's `read_ptb`: a file in text mode, cut at line feeds."""
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig") as file:
        return [line.split() for line in file.read().split("\n")]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    "text, sentences",
    [
        ("a b c\rb a\rc a b\r", ["a b c", "b a", "c a b", ""]),
        ("a b\r\nc\r\n\r\nd", ["a b", "c", "", "d"]),
        ("a\n\rb\r\r\nc", ["a", "", "b", "", "c"]),
        ("a\u2028b\x0bc\x85d e\x1cf", ["a b c d e f"]),
        ("\r", ["", ""]),
        ("", [""]),
    ],
)
def test_three_line_ends_and_no_other(
    text: str, sentences: list[str], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "_BLOCK", block)
    expected = [sentence.split() for sentence in sentences]
    assert read(text.encode()) == expected == read_by_python(text.encode())


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(st.sampled_from("ab \n\r\t\u3000\u00e9\u2028\U0001f600\ufeff")),
    block=st.sampled_from(BLOCKS),
)
def test_any_text_is_read_as_python_reads_it(text: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_module, "_BLOCK", block)
        assert read(text.encode()) == read_by_python(text.encode())


@pytest.mark.parametrize("block", BLOCKS)
def test_a_byte_order_mark_is_skipped_at_the_beginning_alone(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "_BLOCK", block)
    assert read("\ufeffa b\n\ufeffc".encode()) == [["a", "b"], ["\ufeffc"]]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    "good, bad, line",
    [
        (b"a b\n\xc3\xa9 c\r\nd\re ", b"\xff", 4),
        (b"a\r", b"\xc3(", 2),
        (b"ab\n", b"\xe2\x82", 2),
        (b"", b"\x80", 1),
    ],
)
def test_where_a_text_stops_being_utf8(
    good: bytes, bad: bytes, line: int, mark: bytes, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "_BLOCK", block)
    offset = len(mark + good)
    sentence = f"train.txt takes UTF-8 text, got byte 0x{bad[0]:02x} at offset {offset}, line {line}"
    with pytest.raises(CorpusError, match=f"^{sentence}$"):
        read(mark + good + bad)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_nul_byte_is_no_text(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "_BLOCK", block)
    with pytest.raises(CorpusError, match=r"^train.txt takes text, got a NUL byte .* at offset 7, line 2$"):
        read("é b\r\nc\0d".encode())
    with pytest.raises(CorpusError, match=r"NUL byte \(is it UTF-16, or no text\?\) at offset 1, line 1$"):
        read("the cat\n".encode("utf-16-le"))


def test_a_text_without_white_space_is_refused_before_it_fills_the_memory() -> None:
    class Long(io.RawIOBase):
        left = 40 << 20

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return b"x" * size

    tracemalloc.start()
    with pytest.raises(
        CorpusError, match=r"words of at most 1,048,576 characters, got a longer one in line 1: "
    ):
        for _ in read_text(Long(), "train.txt"):  # type: ignore[arg-type]  # a stream of bytes like any other
            pass
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_long_word_is_a_word() -> None:
    word = "x" * MAX_WORD
    assert read(f"a {word} b\n{word}".encode()) == [["a", word, "b"], [word]]


def test_bytes_that_were_changed_give_words_or_a_sentence() -> None:
    """A fuzz: whatever a text holds, it is read as Python reads it, or refused by name."""
    import random

    draw = random.Random(3)
    whole = "naïve the cat\r\nsat on\rthe mat 100 €\n".encode() * 3
    refused = 0
    for _ in range(500):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 3)):
            data[draw.randrange(len(data))] = draw.choice([0, 10, 13, 32, 0x80, 0xC3, 0xE2, 0xFF, 65])
        try:
            found = read(bytes(data))
        except CorpusError as error:
            refused += 1
            assert str(error).startswith("train.txt takes ")
        else:
            assert found == read_by_python(bytes(data))
    assert 100 < refused < 500
