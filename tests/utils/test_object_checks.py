"""Objects, paths and words: what passes comes back as it should, what does not is named."""

from __future__ import annotations

import types
from pathlib import Path

import pytest

from gluon_softmax.utils import object_checks as checks


def test_kinds_and_attributes() -> None:
    assert checks.check_kind("k", 3, (int, str), "an integer or a string") == 3
    with pytest.raises(TypeError, match=r"^k takes an integer or a string; got 1.5$"):
        checks.check_kind("k", 1.5, (int, str), "an integer or a string")
    vocab = types.SimpleNamespace(idx_to_token=["a"])
    assert checks.check_has("vocab", vocab, ("idx_to_token",), "a vocabulary") is vocab
    with pytest.raises(TypeError, match=r"^vocab takes a d2l.Vocab or what has its idx_to_token; got None$"):
        checks.check_vocab("vocab", None)
    with pytest.raises(TypeError, match=r"^corpus takes a text as load_corpus gives it; got 'ptb'$"):
        checks.check_corpus("ptb")


def test_functions() -> None:
    checks.check_callable("f", print, "a function")
    checks.check_callable("f", None, "a function or None", or_none=True)
    for wrong in (3, None):
        with pytest.raises(TypeError, match=rf"^f takes a function; got {wrong}$"):
            checks.check_callable("f", wrong, "a function")


def test_words() -> None:
    assert checks.check_words("words", (word for word in "ab")) == ["a", "b"]
    with pytest.raises(TypeError, match=r"^words takes a sequence of words; got the string 'ab'$"):
        checks.check_words("words", "ab")
    with pytest.raises(TypeError, match=r"^words takes a sequence of words; got 3$"):
        checks.check_words("words", 3)
    with pytest.raises(TypeError, match=r"^words takes strings; got 3 at place 1$"):
        checks.check_words("words", ["a", 3])


def test_paths() -> None:
    assert checks.check_path("path", "a/b") == checks.check_path("path", Path("a/b")) == Path("a/b")
    for empty in ("", "a\0b"):
        with pytest.raises(ValueError, match=r"^path takes a path; got "):
            checks.check_path("path", empty)
    for wrong in (3, None, b"a"):
        with pytest.raises(TypeError, match=r"^path takes a path, a string or a Path; got "):
            checks.check_path("path", wrong)
