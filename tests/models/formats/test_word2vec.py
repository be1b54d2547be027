"""Both formats of word2vec: the bytes of gensim and word2vec.c, every word they can hold, damaged files."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gluon_softmax.models.vectors import WordVectors

SPACED = [
    "\u00a0",
    "a\u00a0b",
    "\u3000",
    "\u2028x",
    "tab\t",
    "\u0085",
    "a\rb",
    "\r",
    "\x1c",
    "\ufeff",
    "\x00",
]
BINARY = b"2 2\n" + b"a " + struct.pack("<2f", 1, 2) + b"b " + struct.pack("<2f", 0.1, -4)
WORD_2_VEC_C = b"2 2\n" + b"a " + struct.pack("<2f", 1, 2) + b"\nb " + struct.pack("<2f", 0.1, -4) + b"\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors"


def load_bytes(path: Path, data: bytes, binary: bool | None = None) -> WordVectors:
    path.write_bytes(data)
    return WordVectors.load(path, binary)


@pytest.mark.parametrize("newlines, expected", [(False, BINARY), (True, WORD_2_VEC_C)])
def test_the_binary_format_of_gensim_and_that_of_word2vec_c(
    newlines: bool, expected: bytes, path: Path
) -> None:
    """By hand: the second has a line feed after each row, as word2vec.c prints it."""
    WordVectors(["a", "b"], [[1, 2], [0.1, -4]]).save(path, binary=True, newlines=newlines)
    assert path.read_bytes() == expected
    again = WordVectors.load(path)
    assert (
        again.tokens == ["a", "b"] and (again.matrix == numpy.array([[1, 2], [0.1, -4]], numpy.float32)).all()
    )


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_every_word_that_is_saved(binary: bool, random_vectors: WordVectors, path: Path) -> None:
    keyed_vectors = pytest.importorskip("gensim.models").KeyedVectors
    tokens = [*random_vectors.tokens, *SPACED]
    matrix = numpy.concatenate([random_vectors.matrix, random_vectors.matrix[: len(SPACED)]])
    WordVectors(tokens, matrix).save(path, binary)
    peer = keyed_vectors.load_word2vec_format(str(path), binary=binary)
    assert peer.index_to_key == tokens
    assert (peer.vectors == matrix).all()


def test_the_bytes_of_the_binary_format_are_gensim_s(random_vectors: WordVectors, path: Path) -> None:
    keyed_vectors = pytest.importorskip("gensim.models").KeyedVectors
    peer = keyed_vectors(vector_size=7)
    peer.add_vectors(random_vectors.tokens, random_vectors.matrix)
    peer.save_word2vec_format(str(path), binary=True)
    theirs = path.read_bytes()
    random_vectors.save(path, binary=True)
    assert path.read_bytes() == theirs


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("told", [False, True])
def test_gensim_s_files_are_read_without_being_told_their_format(
    binary: bool, told: bool, random_vectors: WordVectors, path: Path
) -> None:
    keyed_vectors = pytest.importorskip("gensim.models").KeyedVectors
    tokens = [*random_vectors.tokens[: -len(SPACED)], *SPACED]
    peer = keyed_vectors(vector_size=7)
    peer.add_vectors(tokens, random_vectors.matrix)
    peer.save_word2vec_format(str(path), binary=binary)
    again = WordVectors.load(path, binary if told else None)
    assert again.tokens == tokens
    assert (again.matrix == random_vectors.matrix).all()  # gensim's digits bring every float32 back


@pytest.mark.parametrize("binary", [False, True])
def test_white_space_inside_a_word_stays(binary: bool, path: Path) -> None:
    vectors = WordVectors(["a", *SPACED], numpy.arange(2.0 * len(SPACED) + 2).reshape(-1, 2))
    vectors.save(path, binary)
    again = WordVectors.load(path)
    assert again.tokens == vectors.tokens and (again.matrix == vectors.matrix).all()


@pytest.mark.parametrize(
    "number", ["1_0", "1\u0660", "0x10", "\t1", "1\r2", "1\x0b", "one", "1,5", "1e", "--1", "\uff11"]
)
def test_what_no_other_reader_takes_for_a_number_is_none(number: str, path: Path) -> None:
    """Python's float reads "1_0" as 10, digits of other scripts, and skips white space."""
    for text in (f"2 2\na 1 2\nb {number} 4\n", f"2 2\na 1 2\nb 4 {number}\n"):
        with pytest.raises(ValueError, match=f"^{re.escape(str(path))}, line 3: takes numbers; "):
            load_bytes(path, text.encode(), binary=False)


@pytest.mark.parametrize("number", ["nan", "infinity", "-Inf", "1e39"])
def test_a_number_that_is_not_finite_is_refused(number: str, path: Path) -> None:
    with pytest.raises(ValueError, match=r"line 3: takes finite float32 numbers; got -?(nan|inf|1e)"):
        load_bytes(path, f"2 2\na 1 2\nb {number} 4\n".encode())
    with numpy.errstate(over="ignore"):
        data = b"1 2\na " + struct.pack("<2f", 1, numpy.float32(number))
    with pytest.raises(ValueError, match=r"word 1: takes finite float32 numbers; got -?(nan|inf)"):
        load_bytes(path, data)


TRUNCATED = "the header says 2 words of 2 float32 numbers in binary, at least 20 bytes; got "


@pytest.mark.parametrize(
    "data, message",
    [
        (b"2 2\n", "^PATH: " + TRUNCATED + "0"),
        (BINARY[:-1], "^PATH: " + TRUNCATED + "19"),
        (
            BINARY[:6] + b"more" + BINARY[6:-3],
            "word 2: takes a word, a space and 8 bytes; the file ends before",
        ),
        (BINARY + b"more", "^PATH, line 1: the header says 2 words; got 4 bytes behind them"),
        (BINARY.replace(b"b ", b"a "), "word 2: takes each word once; word 1 is 'a'"),
        (BINARY.replace(b"b ", b" "), "the header says 2 words of 2"),
        (BINARY.replace(b"b ", b" ") + b"\n", "word 2: takes a word of at least one letter; got none"),
        (BINARY.replace(b"b ", b"\xff "), "word 2: takes UTF-8 text; .*0xff"),
        (b"9" * 15 + b" 2\n" + BINARY[4:], "the header says 9{15} words of 2"),
        (b"9" * 5000 + b" 2\n" + BINARY[4:], "^PATH, line 1: takes a header"),
        (b"\x80\x04\x95 a pickle", "^PATH, line 1: takes a header .* the word2vec text and binary formats"),
    ],
)
def test_damaged_binary_files(data: bytes, message: str, path: Path) -> None:
    with pytest.raises(ValueError, match=message.replace("PATH", re.escape(str(path)))):
        load_bytes(path, data, binary=True)


def test_an_empty_word_in_a_text_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="line 3: takes a word of at least one letter; got none"):
        load_bytes(path, b"2 2\na 1 2\n 3 4\n")


def test_a_number_written_as_digits_of_another_script_in_the_header_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="line 1: takes a header"):
        load_bytes(path, "\u0661 2\na 1 2\n".encode())


def test_no_error_names_a_temporary_file(path: Path) -> None:
    vectors = WordVectors(["a"], [[1.0]])
    for binary in (False, True):
        missing = path / "missing" / "vectors"
        with pytest.raises(FileNotFoundError) as caught:
            vectors.save(missing, binary)
        assert str(caught.value) == f"[Errno 2] No such file or directory: '{missing}'"
    path.mkdir()
    with pytest.raises(OSError) as caught_too:
        vectors.save(path)
    assert caught_too.value.filename == str(path) and ".part" not in str(caught_too.value)


def finite(draw: Any, rows: int, size: int) -> numpy.ndarray:
    bits = st.integers(0, 2**32 - 1).filter(lambda b: numpy.isfinite(numpy.uint32(b).view(numpy.float32)))
    flat = draw(st.lists(bits, min_size=rows * size, max_size=rows * size))
    return numpy.array(flat, numpy.uint32).view(numpy.float32).reshape(rows, size)


@st.composite
def any_vectors(draw: Any) -> WordVectors:
    letters = st.characters(blacklist_characters=" \n", blacklist_categories=["Cs"])
    tokens = draw(st.lists(st.text(letters, min_size=1), min_size=1, max_size=6, unique=True))
    return WordVectors(tokens, finite(draw, len(tokens), draw(st.integers(1, 4))))


@settings(max_examples=150, deadline=None)
@given(vectors=any_vectors(), binary=st.booleans(), newlines=st.booleans())
def test_any_word_and_any_number_come_back(
    tmp_path_factory: pytest.TempPathFactory, vectors: WordVectors, binary: bool, newlines: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any_vectors"
    vectors.save(path, binary, newlines=newlines)
    again = WordVectors.load(path, binary)
    assert again.tokens == vectors.tokens
    assert (again.matrix.view(numpy.uint32) == vectors.matrix.view(numpy.uint32)).all()


@pytest.mark.parametrize("binary", [False, True])
def test_a_file_with_bytes_changed_is_read_or_refused_with_its_name(
    binary: bool, random_vectors: WordVectors, path: Path
) -> None:
    """A fuzz: bytes replaced, inserted, removed, the end cut off. Nothing but vectors or a ValueError."""
    random_vectors.save(path, binary, newlines=True)
    whole, rng = path.read_bytes(), numpy.random.default_rng(7)
    refused = 0
    for _ in range(600):
        data = bytearray(whole)
        for _ in range(rng.integers(1, 4)):
            at, byte = int(rng.integers(len(data))), int(rng.choice([0, 10, 32, 45, 48, 57, 110, 128, 255]))
            change = rng.integers(4)
            data[at : at + int(change != 1)] = b"" if change == 2 else bytes([byte])
            if change == 3:
                del data[at + 1 :]
        path.write_bytes(data)
        for told in (None, binary):
            try:
                vectors = WordVectors.load(path, told)
            except ValueError as error:
                refused += 1
                assert str(error).startswith(str(path)), error
            else:
                assert numpy.isfinite(vectors.matrix).all() and all(vectors.tokens)
    assert refused > 300
    assert os.listdir(path.parent) == [path.name]
