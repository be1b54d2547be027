"""A class's folder: what is read, and what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gluon_softmax.coursework.class_folder import MAX_BYTES, identical, read_file, readable, students_of
from gluon_softmax.utils.errors import ExerciseError


def test_students_are_folders_and_no_links(tmp_path: Path) -> None:
    for name in ("bob", "ann", ".git", "zoë k"):
        (tmp_path / name).mkdir()
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "ann")
    assert students_of(tmp_path) == ["ann", "bob", "zoë k"]


@pytest.mark.parametrize("name", ["nothing", "file", "empty"])
def test_a_folder_without_students_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExerciseError, match="class_folder takes a folder that has a folder for each student"):
        students_of(tmp_path / name)


def test_only_a_plain_file_is_read(tmp_path: Path) -> None:
    ann = tmp_path / "ann"
    ann.mkdir()
    (ann / "right.py").write_bytes(b"x = 1\n")
    (ann / "folder.py").mkdir()
    (ann / "link.py").symlink_to(ann / "right.py")
    (ann / "lost.py").symlink_to(ann / "nothing.py")
    (ann / "long.py").write_bytes(b"#" * (MAX_BYTES + 1))
    os.mkfifo(ann / "pipe.py")
    assert read_file(tmp_path, "ann", "right") == (b"x = 1\n", "")
    assert read_file(tmp_path, "ann", "nothing") == (None, "")
    for name, why in (
        ("link", "the file is a link, which is not followed"),
        ("lost", "the file is a link, which is not followed"),
        ("long", "the file has more than 1,048,576 bytes"),
        ("pipe", "this is not a plain file"),
    ):
        assert read_file(tmp_path, "ann", name) == (None, why)
    assert read_file(tmp_path, "ann", "folder").why


def test_a_student_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "right.py").write_text("x = 1\n")
    (tmp_path / "bob").symlink_to(tmp_path / "ann")
    assert read_file(tmp_path, "bob", "right").content is None


def test_the_same_files_are_found_but_not_starters(tmp_path: Path) -> None:
    contents = {
        "ann": "x = 1\n",
        "bob": "x = 1\n",
        "cem": "x = 1 \n",
        "dee": "start\n",
        "eva": "start",
        "fay": "",
    }
    for name, content in contents.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "right.py").write_text(content)
    assert identical(tmp_path, [*contents, "gus"], "right", "start\n") == [("ann", "bob")]


def test_text_of_students_moves_no_cursor() -> None:
    assert readable("a\n b\tc") == "a b c"
    assert readable("\x1b[2Jgone\x00") == r"\x1b [2Jgone \x00"
    assert readable("zoë − 学生") == "zoë − 学生"
