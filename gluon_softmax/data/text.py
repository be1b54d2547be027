"""Bytes become text, block by block: UTF-8 with any of the three line ends, as Python and d2l read a file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import IO, NoReturn

from ..utils.errors import CorpusError

MAX_WORD = 1 << 20  # characters: a text without white space would have to be kept whole
_BLOCK = 1 << 20  # bytes read at once
_BYTE_ORDER_MARK = codecs.BOM_UTF8


def read_text(stream: IO[bytes], where: str) -> Iterator[str]:
    """The text in blocks that end at white space, each line ending in a line feed.

    A line ends at a line feed, a carriage return, or the two together. A byte-order mark at the beginning is
    skipped.

    Parameters
    ----------
    stream : the bytes.
    where : what to call them in an error.

    Raises CorpusError, with the offset or the line, for bytes that are not UTF-8, for a NUL byte, which no
    text has but UTF-16 and binary files have, and for a word of more than `MAX_WORD` characters.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = stream.read(len(_BYTE_ORDER_MARK))
    offset, line = 0, 1  # of the bytes that come next: those before are in what was yielded, or in `rest`
    if first == _BYTE_ORDER_MARK:
        offset, first = len(first), b""
    rest = ""  # the end of the text so far: the beginning of a word, or a carriage return
    more = True
    while more:
        data, first = first + stream.read(_BLOCK), b""
        more = bool(data)
        held = len(decoder.getstate()[0])  # bytes of a character that the block before began
        try:
            text = decoder.decode(data, final=not more)
        except UnicodeDecodeError as error:
            before = rest + error.object[: error.start].decode()
            wrong = f"UTF-8 text, got byte 0x{error.object[error.start]:02x}"
            _refuse(where, wrong, offset - held + error.start, line + _count_lines(before))
        nul = text.find("\0")
        if nul >= 0:
            wrong = "text, got a NUL byte (is it UTF-16, or no text?)"
            at = offset - held + len(text[:nul].encode())
            _refuse(where, wrong, at, line + _count_lines(rest + text[:nul]))
        offset += len(data)
        text, rest = _cut(rest + text) if more else (rest + text, "")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        line += text.count("\n")
        if len(rest) > MAX_WORD:
            raise CorpusError(
                f"{where} takes words of at most {MAX_WORD:,} characters, got a longer one in line {line}: "
                "white space separates words"
            )
        yield text


def _cut(text: str) -> tuple[str, str]:
    """The text up to its last word, and what more text may go on with: that word, or a carriage return."""
    if not text or text[-1] == "\r":
        return text[:-1], text[-1:]
    if text[-1].isspace():
        return text, ""
    unfinished = len(text.rsplit(None, 1)[-1])
    return text[:-unfinished], text[-unfinished:]


def _count_lines(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def _refuse(where: str, wrong: str, offset: int, line: int) -> NoReturn:
    raise CorpusError(f"{where} takes {wrong} at offset {offset}, line {line}") from None
