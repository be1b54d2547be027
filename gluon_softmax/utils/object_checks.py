"""Checks of objects of a kind, of paths and of words; each error names the argument."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterable, Sequence

from .checks import shown


def check_kind(name: str, value: Any, kinds: type | tuple[type, ...], takes: str) -> Any:
    """`value` if it is an instance of `kinds`; else TypeError, where `takes` says what that is."""
    if not isinstance(value, kinds):
        raise TypeError(f"{name} takes {takes}; got {shown(value)}")
    return value


def check_has(name: str, value: Any, attributes: Sequence[str], takes: str) -> Any:
    """`value` if it has all the attributes; else TypeError, where `takes` says what has them."""
    if not all(hasattr(value, attribute) for attribute in attributes):
        raise TypeError(f"{name} takes {takes}; got {shown(value)}")
    return value


def check_callable(name: str, value: object, takes: str, or_none: bool = False) -> None:
    """Raise TypeError unless `value` can be called, or is None; `takes` says what is taken."""
    if not callable(value) and not (or_none and value is None):
        raise TypeError(f"{name} takes {takes}; got {shown(value)}")


def check_corpus(corpus: Any) -> None:
    """Raise TypeError for what is no text with counts, ids and sentences."""
    check_has("corpus", corpus, ("counts", "ids", "offsets"), "a text as load_corpus gives it")


def check_vocab(name: str, vocab: Any) -> None:
    """Raise TypeError for what does not say which word has which id."""
    check_has(name, vocab, ("idx_to_token",), "a d2l.Vocab or what has its idx_to_token")


def check_words(name: str, words: Any) -> list[str]:
    """Words as a list; TypeError for what is none of strings, and for a string, which has letters."""
    if isinstance(words, str):
        raise TypeError(f"{name} takes a sequence of words; got the string {shown(words)}")
    if not isinstance(words, Iterable) or hasattr(words, "list_arguments"):
        raise TypeError(f"{name} takes a sequence of words; got {shown(words)}")
    found = list(words)
    for i, word in enumerate(found):
        if not isinstance(word, str):
            raise TypeError(f"{name} takes strings; got {shown(word)} at place {i}")
    return found


def check_path(name: str, value: object) -> Path:
    """`value` as a path; TypeError for what is none, ValueError for an empty one: it would be any."""
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str):
        raise TypeError(f"{name} takes a path, a string or a Path; got {shown(value)}")
    if not path or "\0" in path:
        raise ValueError(f"{name} takes a path; got {shown(path)}")
    return Path(path)
