"""Bytes that come in pieces, as a stream that is read like a file."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import IO, Callable, Generator, cast

Pieces = Generator[bytes, None, None]


class _Stream(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """True: that is all it is for."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill `buffer` with what is left of a piece, or with the next piece's beginning."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        target = memoryview(cast(bytearray, buffer))
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


@contextlib.contextmanager
def open_pieces(make: Callable[[], Pieces]) -> Iterator[IO[bytes]]:
    """A stream of the pieces that `make` yields, which is closed when the block ends."""
    with contextlib.closing(make()) as pieces:
        yield io.BufferedReader(_Stream(pieces), 1 << 16)
