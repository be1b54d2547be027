"""A stream that nobody reads any more falls silent; other errors are raised."""

from __future__ import annotations

import os
import sys

import pytest

from gluon_softmax.utils.streams import Unheard


def test_what_is_written_is_handed_on_until_the_reader_is_gone_and_nothing_fails_then() -> None:
    read, write = os.pipe()
    with os.fdopen(write, "w") as pipe:
        stream = Unheard(pipe)
        assert stream.write("heard\n") == 6
        stream.flush()
        assert os.read(read, 100) == b"heard\n"
        os.close(read)
        for _ in range(3):
            assert stream.write("unheard\n") == 8
            stream.flush()
        assert stream.write("x" * 1_000_000) == 1_000_000  # more than a buffer holds
    # closing the pipe, which flushes it, failed neither


def test_a_line_too_long_for_the_buffer_fails_no_more_than_a_short_one() -> None:
    read, write = os.pipe()
    with os.fdopen(write, "w") as pipe:
        os.close(read)
        assert Unheard(pipe).write("x" * 1_000_000) == 1_000_000


def test_other_errors_are_raised() -> None:
    with open("/dev/full", "w") as full:
        stream = Unheard(full)
        stream.write("x")
        with pytest.raises(OSError, match="No space left"):
            stream.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())  # so that closing it does not fail too


def test_the_rest_is_that_of_the_stream() -> None:
    assert Unheard(sys.stdout).encoding == sys.stdout.encoding
    assert Unheard(sys.stdout).isatty() == sys.stdout.isatty()
