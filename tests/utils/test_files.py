"""A file is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from gluon_softmax.utils.files import parse_json, user_path, whole_file, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("old", [None, b"old"])
def test_the_content_arrives_and_nothing_else_stays(old: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    if old is not None:
        path.write_bytes(old)
    write_whole(path, b"\x00new\r\n")
    assert path.read_bytes() == b"\x00new\r\n" and names(tmp_path) == ["file.bin"]
    with whole_file(str(path)) as file:
        file.write(b"again")
    assert path.read_bytes() == b"again" and names(tmp_path) == ["file.bin"]


def test_text_is_utf8_with_line_feeds(tmp_path: Path) -> None:
    with whole_file(tmp_path / "text", "w") as file:
        file.write("naïve\nσ\n")
    assert (tmp_path / "text").read_bytes() == "naïve\nσ\n".encode()


def test_the_path_keeps_its_content_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with whole_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
@pytest.mark.parametrize("old", [None, b"old"])
def test_an_error_in_the_middle_leaves_the_old_content(
    old: bytes | None, error: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / "file"
    if old is not None:
        path.write_bytes(old)

    def write_half() -> None:
        with whole_file(path) as file:
            file.write(b"half of it")
            raise error("stop")

    with pytest.raises(error, match="stop"):
        write_half()
    assert names(tmp_path) == ([] if old is None else ["file"])
    assert old is None or path.read_bytes() == old


@pytest.mark.parametrize("name", ["replace", "fsync"])
def test_a_disk_that_fails_leaves_the_old_content(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_arguments: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(os, name, fail)
        with pytest.raises(OSError, match="the disk is full"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old" and names(tmp_path) == ["file"]


def test_the_content_is_on_the_disk_before_it_is_at_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, int]] = []  # and how many bytes of the part were written by then
    fsync, replace = os.fsync, os.replace

    def spy_fsync(descriptor: int) -> None:
        calls.append(("fsync", os.fstat(descriptor).st_size))
        fsync(descriptor)

    def spy_replace(source: Path, target: Path) -> None:
        calls.append(("replace", os.stat(source).st_size))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "replace", spy_replace)
    write_whole(tmp_path / "file", b"three")
    assert calls == [("fsync", 5), ("replace", 5)]


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "missing" / "file", b"new")
    assert names(tmp_path) == []


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the temporary file, which nobody knows: a folder that is missing, a full disk, a folder there."""
    missing = tmp_path / "missing" / "file"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(missing, b"new")
    assert str(caught.value) == f"[Errno 2] No such file or directory: '{missing}'"

    def fail(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError) as caught_full:
        patch.setattr(os, "fsync", fail)
        write_whole(tmp_path / "file", b"new")
    assert str(caught_full.value) == f"[Errno 28] No space left on device: '{tmp_path / 'file'}'"
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError) as caught_folder:
        write_whole(tmp_path / "folder", b"new")
    assert str(caught_folder.value) == f"[Errno 21] Is a directory: '{tmp_path / 'folder'}'"


def test_an_error_about_another_file_keeps_its_name(tmp_path: Path) -> None:
    other = tmp_path / "other"
    with pytest.raises(FileNotFoundError) as caught, whole_file(tmp_path / "file"):
        other.read_bytes()
    assert caught.value.filename == str(other)


def test_one_writer_inside_another_does_not_clash(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with whole_file(path) as outer:
        outer.write(b"outer, ")
        with whole_file(path) as inner:
            inner.write(b"inner")
        assert path.read_bytes() == b"inner"
        outer.write(b"the last to end")
    assert path.read_bytes() == b"outer, the last to end" and names(tmp_path) == ["file"]


def test_two_writers_at_once_do_not_clash(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [bytes([65 + k]) * 200_000 for k in range(2)]
    both = threading.Barrier(2)
    errors: list[BaseException] = []

    def write(content: bytes) -> None:
        try:
            for _ in range(5):
                both.wait()
                write_whole(path, content)
        except BaseException as error:
            both.abort()
            errors.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and path.read_bytes() in contents and names(tmp_path) == ["file"]


def test_a_path_has_its_home_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    assert user_path("out", "~/runs") == Path("/home/reader/runs")
    assert user_path("out", Path("runs")) == Path("runs")


@pytest.mark.parametrize("path", ["~nosuchuser/x", "", "a\0b"])
def test_a_path_that_makes_no_sense_is_named(path: str) -> None:
    with pytest.raises(ValueError, match=r"^out takes a path.*; got '"):
        user_path("out", path)


def test_json_is_parsed() -> None:
    assert parse_json('{"a": [1, 2.5, null, true, "b"]}') == {"a": [1, 2.5, None, True, "b"]}
    assert parse_json('"café"'.encode()) == "café"


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "[" * 100_000, '{"a":' * 100_000, b"\xff\xfe1\0"]
)
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_json(text)
