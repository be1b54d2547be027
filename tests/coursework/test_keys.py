"""The course's key: there is none yet, so no file is one."""

from __future__ import annotations

from pathlib import Path

from gluon_softmax.coursework.exercise import FOLDER
from gluon_softmax.coursework.keys import has_key


def test_no_file_is_a_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("")
    assert not has_key(tmp_path / "key", FOLDER)
    assert not has_key(tmp_path / "nothing", FOLDER)
