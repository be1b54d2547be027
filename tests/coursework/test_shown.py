"""Lines fit the terminal, colours are for terminals alone, and what cannot be encoded is a question mark."""

from __future__ import annotations

import io
import os

import pytest

from gluon_softmax.coursework import shown
from gluon_softmax.coursework.exercise import Mistake, load
from gluon_softmax.coursework.ladder import NOT_YET, PASSED, TO_DO, Verdict

MASKED_BCE = load("masked_bce")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "width"), [(80, 80), (200, 120), (10, 40), (120, 120)])
def test_the_width_is_the_terminals_and_120_at_most(
    columns: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert shown.width_of(Terminal()) == width
    assert shown.width_of(io.StringIO()) == 120


@pytest.mark.parametrize("width", [40, 80, 120])
def test_long_sentences_wrap(width: int) -> None:
    verdict = Verdict("masked_bce", NOT_YET, "the example", "why " * 60, ("padding_counts", "label_turned"))
    lines = shown.lines_of(MASKED_BCE, verdict, width)
    assert all(len(line) <= width for line in lines if "https://" not in line)
    assert lines[0].startswith("not yet   masked_bce: the example: why")
    assert all(line.startswith(" " * 10) and line[10] != " " for line in lines[1:])
    text = " ".join(" ".join(lines).split())
    for name in verdict.mistakes:
        assert MASKED_BCE.mistakes[name].says in text


def test_an_address_stays_whole() -> None:
    address = "https://github.com/someone/something/issues/" + "1" * 100
    mistake = Mistake("It was believed. It is not so.", "A Section", address)
    exercise = MASKED_BCE._replace(mistakes={"one": mistake})
    lines = shown.lines_of(exercise, Verdict("masked_bce", NOT_YET, "the example", "why", ("one",)), 60)
    assert any(line.strip() == address for line in lines)
    assert "This was once a real bug:" in " ".join(" ".join(lines).split())


def test_lines_without_a_reason() -> None:
    assert shown.lines_of(MASKED_BCE, Verdict("masked_bce", PASSED)) == [
        "passed    masked_bce: The masked binary cross-entropy"
    ]
    assert shown.lines_of(MASKED_BCE, Verdict("masked_bce", TO_DO)) == [
        "to do     masked_bce(pred, label, mask): the loss of each example"
    ]


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["passed    a", "to do     b", "not yet   c", "something else", "          passed"]

    def said(stream: io.StringIO) -> str:
        shown.say(lines, stream)
        return stream.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    plain = "\n".join([*lines, ""])
    assert said(Terminal()).splitlines() == [
        "\033[32mpassed  \033[0m  a", "\033[33mto do   \033[0m  b", "\033[31mnot yet \033[0m  c", *lines[3:],
    ]  # fmt: skip
    assert said(io.StringIO()) == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert said(Terminal()) == plain
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert said(Terminal()) == plain


def test_what_a_stream_cannot_encode_is_a_question_mark() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    shown.say(["σ(−x) is small"], stream)
    assert raw.getvalue() == f"?(?x) is small{os.linesep}".encode()


@pytest.mark.parametrize(
    ("passed", "number", "filled"), [(0, 3, 0), (1, 3, 6), (2, 3, 13), (3, 3, 20), (39, 40, 19)]
)
def test_a_bar_is_full_where_all_is_passed(passed: int, number: int, filled: int) -> None:
    assert shown.bar(passed, number) == f"[{'#' * filled:.<20}] {passed} of {number} passed"


def test_a_text_has_its_examples_unless_a_probe_takes_them() -> None:
    assert "The check begins with" in shown.text_of(MASKED_BCE)
    assert "The check begins with" not in shown.text_of(MASKED_BCE._replace(has_probe=True))
    assert all(len(line) <= 100 for line in shown.text_of(MASKED_BCE, 60))
