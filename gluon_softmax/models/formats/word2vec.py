"""Files of word vectors in the text and binary formats of word2vec, which other programs read and write.

    text     a line ``V d``, then one line per word: the word and its d numbers, with a space between them
    binary   a line ``V d``, then per word: the word, a space, its d numbers as little-endian float32

A space (U+0020) ends a word and a line feed (U+000A) ends a row. Any other white space may be part of a word.
"""

from __future__ import annotations

import os
import re
from array import array
from pathlib import Path
from typing import IO, Iterable, Iterator, List, NamedTuple, Sequence, Tuple

import numpy

from ...utils.files import whole_file

Vectors = Tuple[List[str], numpy.ndarray]  # the words, and the matrix (V, d)
_FLOAT32 = numpy.dtype("<f4")
_BLOCK = 1 << 20  # numbers kept in float64 before they become float32
_MAX_HEADER = 1000  # bytes: what is longer is no header
_NO_NUMBER = re.compile(rb"[_\t\v\f\r]")  # Python's float skips these, and no other reader does
_TEXT_BYTES = bytes([9, 13, *range(32, 127)])  # all that text may hold between a word and the end of its line


class Header(NamedTuple):
    """How many vectors a file says that it holds, and their width."""

    num_words: int
    size: int


def write_text(
    path: str | os.PathLike[str], tokens: Sequence[str], matrix: numpy.ndarray, ends: str = " \n"
) -> None:
    """Write the text format: tokens (V), matrix float32 (V, d).

    Nine digits bring every float32 back exactly. Raises ValueError, before anything is written, for a word
    that holds one of the characters `ends`, or none at all.
    """
    check_tokens(tokens, ends)
    row_format = "%s" + " %.9g" * matrix.shape[1] + "\n"
    with whole_file(path, "w") as file:
        file.write(f"{len(tokens)} {matrix.shape[1]}\n")
        for token, row in zip(tokens, matrix):
            file.write(row_format % (token, *row.tolist()))


def write_binary(
    path: str | os.PathLike[str], tokens: Sequence[str], matrix: numpy.ndarray, newlines: bool = False
) -> None:
    """Write the binary format: tokens (V), matrix float32 (V, d).

    With `newlines` a line feed follows each row, as word2vec.c writes it; gensim writes none. Both programs
    read both. Raises ValueError, before anything is written, for a word that the format cannot carry.
    """
    check_tokens(tokens)
    end = b"\n" if newlines else b""
    with whole_file(path) as file:
        file.write(b"%d %d\n" % matrix.shape)
        for token, row in zip(tokens, matrix.astype(_FLOAT32, copy=False)):
            file.write(token.encode() + b" " + row.tobytes() + end)


def check_tokens(tokens: Sequence[str], ends: str = " \n") -> None:
    """Raise ValueError for the first word that is empty or holds a character that ends a word or a row."""
    wrong = re.compile(f"[{re.escape(ends)}]")
    for token in tokens:
        if not token or wrong.search(token):
            kinds = "a space or a line feed, which end a word in the word2vec formats"
            if ends != " \n":
                kinds = f"one of the characters {ends!r}, which end a word in this format"
            raise ValueError(f"tokens takes words without {kinds}, and of one letter or more; got {token!r}")


def read_vectors(path: str | os.PathLike[str], binary: bool | None = None) -> Vectors:
    """The words and the matrix (V, d) of a file in either format.

    Parameters
    ----------
    path : the file.
    binary : whether the file is binary; None finds out from its first row.

    Raises ValueError, with the line's or the word's number, for what `WordVectors.load` says.
    """
    path = Path(path)
    with open(path, "rb") as file:
        header = _read_header(path, file)
        if binary is None:
            binary = _looks_binary(file)
        return _read_binary(path, file, header) if binary else read_rows(path, file, header)


def _read_header(path: Path, file: IO[bytes]) -> Header:
    line = file.readline(_MAX_HEADER)
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() and len(field) < 16 and int(field) for field in fields):
        raise ValueError(
            f"{path}, line 1: takes a header 'words dimensions', such as '6719 100', as the word2vec text "
            f"and binary formats have; got {line[:60].decode(errors='backslashreplace')!r}"
        )
    return Header(int(fields[0]), int(fields[1]))


def _looks_binary(file: IO[bytes]) -> bool:
    """Whether the numbers of the first row are no text; the file is left where it was."""
    start = file.tell()
    _, _, numbers = file.readline(1 << 16).partition(b" ")
    file.seek(start)
    return bool(numbers.rstrip(b"\n").translate(None, _TEXT_BYTES))


def read_rows(path: Path, lines: Iterable[bytes], header: Header, first: int = 2) -> Vectors:
    """The words and the matrix (V, d) of lines of text, of which `first` is the first one's number.

    Raises ValueError for what `WordVectors.load` says; a header of -1 words takes any number of them.
    """
    line_of: dict[str, int] = {}  # the line of each word, in order
    blocks: list[numpy.ndarray] = []
    values = array("d")
    for number, line in enumerate(lines, start=first):
        word, *numbers = line.rstrip(b" \r\n").split(b" ")
        if not word and not numbers:
            continue
        here = f"{path}, line {number}"
        if len(numbers) != header.size:
            raise ValueError(f"{here}: takes a word and {header.size} numbers; got {len(numbers)}")
        token = _decode(word, here)
        if line_of.setdefault(token, number) != number:
            raise ValueError(f"{here}: takes each word once; line {line_of[token]} has {token!r}")
        values.extend(_numbers(numbers, line[len(word) :].rstrip(b"\r\n"), here))
        if len(values) >= _BLOCK:
            blocks.append(_to_float32(path, values, header.size, line_of))
            values = array("d")
    if header.num_words not in (-1, len(line_of)):
        raise ValueError(
            f"{path}, line 1: the header says {header.num_words} words; got {len(line_of)} lines of words"
        )
    blocks.append(_to_float32(path, values, header.size, line_of))
    return list(line_of), numpy.concatenate(blocks)


def _numbers(fields: list[bytes], text: bytes, here: str) -> Iterable[float]:
    """The numbers of a row, whose bytes are `text`."""
    if _NO_NUMBER.search(text):
        wrong = next(field for field in fields if _NO_NUMBER.search(field))
        raise ValueError(f"{here}: takes numbers; got {wrong.decode(errors='backslashreplace')!r}")
    try:
        return list(map(float, fields))
    except ValueError as error:
        raise ValueError(f"{here}: takes numbers; {error}") from None


def _to_float32(path: Path, values: array[float], size: int, line_of: dict[str, int]) -> numpy.ndarray:
    """The last rows that were read, (n, size), in float32; their words are the last of `line_of`."""
    rows = numpy.frombuffer(values).reshape(-1, size) if size else numpy.zeros((0, 0))
    for row, value in _not_finite(rows):
        number = list(line_of.values())[row - len(rows)]
        raise ValueError(f"{path}, line {number}: takes finite float32 numbers; got {value}")
    with numpy.errstate(over="ignore"):
        return rows.astype(numpy.float32)


def _read_binary(path: Path, file: IO[bytes], header: Header) -> Vectors:
    width = header.size * _FLOAT32.itemsize
    content = file.read()
    if len(content) < header.num_words * (width + 2):  # before an array of a wrong header's size is made
        raise ValueError(
            f"{path}: the header says {header.num_words} words of {header.size} float32 numbers in binary, "
            f"at least {header.num_words * (width + 2)} bytes; got {len(content)}"
        )
    numbers: dict[str, int] = {}  # the number of each word, in order
    matrix = numpy.empty(header, _FLOAT32)  # (V, d)
    start = 0
    for number in range(1, header.num_words + 1):
        here = f"{path}, word {number}"
        while content[start : start + 1] == b"\n":  # the end of the row before, where there is one
            start += 1
        end = content.find(b" ", start)
        if end < 0 or end + 1 + width > len(content):
            raise ValueError(f"{here}: takes a word, a space and {width} bytes; the file ends before")
        token = _decode(content[start:end], here)
        if numbers.setdefault(token, number) != number:
            raise ValueError(f"{here}: takes each word once; word {numbers[token]} is {token!r}")
        start = end + 1 + width
        matrix[number - 1] = numpy.frombuffer(content, _FLOAT32, header.size, end + 1)
    rest = content[start:].lstrip(b"\n")
    if rest:
        raise ValueError(
            f"{path}, line 1: the header says {header.num_words} words; got {len(rest)} bytes behind them"
        )
    for row, value in _not_finite(matrix):
        raise ValueError(f"{path}, word {row + 1}: takes finite float32 numbers; got {value}")
    return list(numbers), matrix


def _decode(word: bytes, here: str) -> str:
    if not word:
        raise ValueError(f"{here}: takes a word of at least one letter; got none before the space")
    try:
        return word.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{here}: takes UTF-8 text; {error}") from None


def _not_finite(matrix: numpy.ndarray) -> Iterator[tuple[int, float]]:
    """The row and the value of the first number that float32 cannot hold, if there is one."""
    with numpy.errstate(over="ignore"):
        wrong = ~numpy.isfinite(matrix.astype(numpy.float32))
    for row, column in numpy.argwhere(wrong)[:1]:
        yield int(row), float(matrix[row, column])
