"""What was saved is seen once, whole, and also while the caller was busy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

from gluon_softmax.coursework.watch import saved, state


def later(*steps: Callable[[], object]) -> Callable[[float], None]:
    """A sleep in which each time the next step happens."""
    left = iter(steps)

    def sleep(_: float) -> None:
        step = next(left, None)
        if step is not None:
            step()

    return sleep


def nothing() -> None:
    """A sleep in which nothing happens."""


def test_a_save_is_seen_once(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.py" for name in ("a", "b", "c")}
    for path in files.values():
        path.write_text("1")
    changes = saved(
        files,
        later(nothing, nothing, lambda: files["b"].write_text("12"), nothing, lambda: files["c"].unlink()),
    )
    assert next(changes) == ["b"]
    files["a"].write_text("123")  # while the caller is busy
    assert next(changes) == ["a", "c"]


def test_a_save_is_seen_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("old")
    seen = later(lambda: file.write_text(""), lambda: file.write_text("new one"), nothing)
    assert next(saved({"a": file}, seen)) == ["a"]
    assert file.read_text() == "new one"


def test_an_editor_that_moves_a_new_file_there_has_saved(tmp_path: Path) -> None:
    file, other = tmp_path / "a.py", tmp_path / "b.py"
    file.write_text("one")
    other.write_text("two")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    assert next(saved({"a": file}, later(lambda: other.rename(file)))) == ["a"]


def test_what_is_not_there_has_no_state(tmp_path: Path) -> None:
    assert state(tmp_path / "nothing") is None
    file = tmp_path / "a"
    changes = saved({"a": file}, later(nothing, lambda: file.write_text("")))
    assert next(changes) == ["a"]


def test_the_first_look_is_at_the_call(tmp_path: Path) -> None:
    file = tmp_path / "a"
    changes = saved({"a": file}, later())
    file.write_text("saved before the first question")
    assert next(changes) == ["a"]
