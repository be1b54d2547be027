"""An exercise of one's own: each way in which it may not be ready is one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from oracles.courses import own

from gluon_softmax.coursework.exercise import load
from gluon_softmax.coursework.validate import SEEDS, sections_of, validate
from gluon_softmax.utils.errors import ExerciseError

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"


def said(folder: Path, chapters: Path | None = None) -> list[str]:
    return [f"{fault.file}: {fault.says}" for fault in validate(folder, range(3), chapters)]


def test_a_whole_exercise_has_no_fault(tmp_path: Path) -> None:
    assert said(own(tmp_path), CHAPTERS) == []
    assert len(SEEDS) == 20


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("starter.py", "raise NotImplementedError", "return 0.0", "it is not to do: not yet: the example"),
        ("starter.py", "raise NotImplementedError", "return 0.0", "it takes 'raise NotImplementedError'"),
        ("starter.py", "(pred, label, mask):", "(pred, label):", "it takes (pred, label) where the solution"),
        ("starter.py", "Returns\n", "Gives\n", "it takes 'Returns'"),
        ("starter.py", "def my_loss", "def another", "there is no function my_loss"),
        ("solution.py", "return losses", "return -losses", "it does not pass with the seed 0: not yet: the "),
        ("mistakes.py", 'if "label_turned" in', 'if "nothing" in', "label_turned passes with the seed 0"),
        ("mistakes.py", "return terms.sum(axis=1)", "return 2 * terms.sum(axis=1)", "it does not pass with"),
        ("mistakes.py", "divide by the sum of the mask.", "divide", "says takes two or three sentences"),
        ("exercise.py", "0.935210", "0.945210", "example 0: the solution gives at [0]: 0.93521"),
        ("exercise.py", "minutes=20", "minutes=2", "minutes takes 5 to 180; got 2"),
        ("exercise.py", "source=", "source='' and ", "source takes a sentence; got none"),
        ("exercise.py", "hints=(", "hints=()[:0] and (", "hints takes 2 at least; got 0"),
        ("exercise.py", 'section="The Masked', 'section="A Masked', "section takes one of the chapter"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    folder = own(tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    found = said(folder, CHAPTERS)
    assert any(line.startswith(f"{file}: ") and fault in line for line in found), found


def test_a_mistake_that_looks_like_another_is_named(tmp_path: Path) -> None:
    folder = own(tmp_path)
    path = folder / "mistakes.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('if "padding_counts" in wrong', 'if "label_turned" in wrong'), encoding="utf-8"
    )
    assert any("padding_counts passes" in line or "is called" in line for line in said(folder))


def test_sections_are_looked_up_where_the_chapter_is(tmp_path: Path) -> None:
    folder = own(tmp_path)
    path = folder / "exercise.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace('chapter="negative', 'chapter="my'), encoding="utf-8"
    )
    assert said(folder, CHAPTERS) == []
    assert sections_of(load("my_loss", folder.parent), CHAPTERS) is None


@pytest.mark.parametrize(
    ("file", "text", "error"),
    [
        ("solution.py", "def my_loss(", "my_loss cannot be loaded: SyntaxError"),
        ("solution.py", "x = 1\n", "my_loss/solution.py takes a my_loss; there is none"),
        ("mistakes.py", None, "mistakes.py is missing"),
        ("exercise.py", None, "folders takes a folder with exercise.py; got "),
    ],
)
def test_what_cannot_be_loaded_is_an_error(tmp_path: Path, file: str, text: str | None, error: str) -> None:
    folder = own(tmp_path)
    (folder / file).unlink()
    if text is not None:
        (folder / file).write_text(text)
    with pytest.raises(ExerciseError) as caught:
        said(folder)
    assert error in str(caught.value)


def test_the_exercise_in_the_docs_is_right(tmp_path: Path) -> None:
    docs = (CHAPTERS.parent / "docs" / "teaching.md").read_text(encoding="utf-8")
    part = docs[docs.index("## An exercise of your own") :]
    files = re.findall(
        r"`(?:course/exercises/padding_share/)?(\w+\.py)`.*?```python\n(.*?)```", part, re.DOTALL
    )
    assert [name for name, _ in files] == ["exercise.py", "starter.py", "solution.py", "mistakes.py"]
    folder = tmp_path / "padding_share"
    folder.mkdir()
    for name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
    assert [f"{fault.file}: {fault.says}" for fault in validate(folder, chapters=CHAPTERS)] == []
