"""Bytes in pieces read as a file reads, however much is asked for."""

from __future__ import annotations

from typing import Generator

import numpy

from gluon_softmax.data.pieces import open_pieces


def test_any_sizes_of_reads_give_the_same_bytes() -> None:
    rng = numpy.random.default_rng(0)
    pieces = [bytes(rng.integers(0, 256, size, numpy.uint8)) for size in (3, 0, 1, 100_000, 0, 70_000, 2)]
    for _ in range(20):
        found = b""
        with open_pieces(lambda: (piece for piece in pieces)) as stream:
            while True:
                data = stream.read(int(rng.integers(1, 90_000)))
                if not data:
                    break
                found += data
            assert stream.read(1) == b""
        assert found == b"".join(pieces)


def test_what_makes_the_pieces_is_closed_with_the_stream() -> None:
    closed = []

    def make() -> Generator[bytes, None, None]:
        try:
            yield b"abc"
            yield b"def"
        finally:
            closed.append(True)

    with open_pieces(make) as stream:
        assert stream.read(2) == b"ab" and not closed
    assert closed == [True]
