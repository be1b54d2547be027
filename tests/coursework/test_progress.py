"""What was begun, passed and hinted: written whole, read back, and refused where it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from gluon_softmax.coursework.progress import FILE, Progress
from gluon_softmax.utils.errors import ExerciseError


def test_what_is_written_is_read(tmp_path: Path) -> None:
    progress = Progress.read(tmp_path)
    assert (progress.started, progress.passed, progress.hints) == ([], {}, {})
    progress.start("a")
    progress.start("a")
    progress.note("b", passed=True)
    progress.hints["a"] = 2
    progress.write()
    again = Progress.read(tmp_path)
    assert again.started == ["a", "b"] and again.hints == {"a": 2}
    assert again.passed == progress.passed and len(again.passed["b"]) == len("2026-01-01 12:00")


def test_a_pass_keeps_its_first_time_until_it_passes_no_more(tmp_path: Path) -> None:
    progress = Progress.read(tmp_path)
    progress.passed["a"] = "2020-01-01 12:00"
    progress.note("a", passed=True)
    assert progress.passed["a"] == "2020-01-01 12:00"
    progress.note("a", passed=False)
    assert "a" not in progress.passed and progress.started == ["a"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"{}",
        b'{"started": 1, "passed": {}, "hints": {}}',
        b'{"started": [], "passed": [], "hints": {}}',
        b'{"started": [], "passed": {}, "hints": {"a": "b"}}',
        b'{"started": [], "passed": {}, "hints": {"a": null}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(
        ExerciseError, match=r"progress\.json is damaged: .*; once it is removed, progress beg"
    ):
        Progress.read(tmp_path)
