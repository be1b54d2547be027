"""A student's folder: starters are written once, names are checked first, nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gluon_softmax.coursework import work_folder
from gluon_softmax.coursework.course import new_course
from gluon_softmax.coursework.exercise import FOLDER, names
from gluon_softmax.coursework.work_folder import WorkFolder
from gluon_softmax.utils.errors import ExerciseError


def test_start_writes_all_in_the_courses_order(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path / "a" / "b")
    started = work.start([])
    assert started.written == names() and started.kept == []
    assert work.started() == names()
    for name in names():
        assert work.file(name).read_text() == (FOLDER / name / "starter.py").read_text()
        assert work.is_untouched(name)
    readme = (work.path / "README.md").read_text()
    assert "gluon-softmax exercise check . NAME" in readme and ".progress.json" in readme
    assert all(len(line) <= 110 for line in readme.splitlines())


def test_whatever_is_in_a_starters_place_stays(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path)
    (tmp_path / "masked_bce.py").mkdir()
    (tmp_path / "path_loss.py").symlink_to(tmp_path / "nothing")
    assert work.start(["masked_bce", "path_loss"]) == ([], ["masked_bce", "path_loss"])
    assert (tmp_path / "masked_bce.py").is_dir() and not (tmp_path / "path_loss.py").exists()
    assert not work.is_untouched("masked_bce")
    moved = work.reset("masked_bce")
    assert moved is not None and moved.is_dir() and work.is_untouched("masked_bce")


def test_an_unknown_name_writes_nothing(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path / "work")
    with pytest.raises(ValueError, match=r"did you mean masked_bce\?"):
        work.start(["path_loss", "masked_bec"])
    assert not work.path.exists()


def test_a_full_disk_leaves_no_half_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, path: Path, *_: object, **__: object) -> None:
            path.write_text("half")

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def write(self, _: str) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(work_folder, "open", Full, raising=False)
    with pytest.raises(OSError, match="No space"):
        WorkFolder(tmp_path).start(["masked_bce"])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_removed_is_still_begun(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path)
    work.start(["masked_bce", "path_loss"])
    work.file("masked_bce").unlink()
    assert WorkFolder.existing(tmp_path).chosen([]) == ["masked_bce", "path_loss"]
    work.progress().path.unlink()
    assert WorkFolder.existing(tmp_path).chosen([]) == ["path_loss"]


def test_what_is_chosen_is_in_the_courses_order_once(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path)
    work.start(["path_loss", "masked_bce", "keep_probability"])
    assert work.chosen(["path_loss", "masked_bce", "path_loss"]) == ["masked_bce", "path_loss"]
    with pytest.raises(ExerciseError, match=r"own_tree.py does not exist: `gluon-softmax exercise start"):
        work.chosen(["own_tree"])


def test_a_course_of_ones_own_is_remembered(tmp_path: Path) -> None:
    made = new_course(tmp_path / "course", ["path_loss"])
    assert made.folder is not None
    own = made.folder / "exercises" / "my_loss"
    shutil.copytree(FOLDER / "masked_bce", own)
    for file in own.glob("*.py"):
        file.write_text(file.read_text("utf-8").replace("masked_bce", "my_loss"), "utf-8")
    work = WorkFolder(tmp_path / "work", made.folder)
    assert work.start([]).written == ["path_loss", "my_loss"]
    again = WorkFolder.existing(work.path)
    assert again.started() == ["path_loss", "my_loss"] and again.course.seed == made.seed
    with pytest.raises(ValueError, match="exercise takes"):
        again.chosen(["masked_bce"])
    shutil.rmtree(made.folder)
    with pytest.raises(ExerciseError, match=r"course takes a folder with course\.json"):
        WorkFolder.existing(work.path)


@pytest.mark.parametrize(
    ("path", "said"), [("no", "no does not exist"), ("file", "file is a file"), (".", "has")]
)
def test_a_folder_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    with pytest.raises(ExerciseError, match=rf"^work takes a folder that .* wrote; .*{said}"):
        WorkFolder.existing(path)
