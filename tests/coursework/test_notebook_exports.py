"""A course as a notebook: it is valid, its cells run, and answers in it get their marks."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Mapping

import pytest
from oracles.answers import RIGHT
from oracles.courses import own

from gluon_softmax.coursework.course import Course, load_course, new_course
from gluon_softmax.coursework.course_exports import export
from gluon_softmax.coursework.notebook_exports import COURSE_VARIABLE

pytest.importorskip("nbformat")
Cell = Mapping[str, object]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    new_course(tmp_path / "course", ["masked_bce"])
    own(tmp_path / "course")
    return load_course(tmp_path / "course")


def cells_of(course: Course, to: str, out: Path) -> list[dict[str, object]]:
    (path,) = (path for path in export(course, to, out) if path.suffix == ".ipynb")
    cells = json.loads(path.read_text())["cells"]
    assert isinstance(cells, list)
    return cells


def text(cell: Cell) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)  # type: ignore[arg-type]


def role(cell: Cell) -> Mapping[str, object]:
    metadata = cell["metadata"]
    assert isinstance(metadata, dict)
    return metadata.get("nbgrader", {})


def test_the_path_is_where_nbgrader_looks(tmp_path: Path, course: Course) -> None:
    cells_of(course, "nbgrader", tmp_path / "out")
    assert (tmp_path / "out" / "source" / "course" / "course.ipynb").is_file()


def test_nbgrader_s_cells_have_their_roles(tmp_path: Path, course: Course) -> None:
    cells = cells_of(course, "nbgrader", tmp_path / "out")
    ids = [role(cell)["grade_id"] for cell in cells]
    assert len(set(ids)) == len(ids)
    answer = next(cell for cell in cells if role(cell)["grade_id"] == "masked_bce_answer")
    assert role(answer)["solution"] is True and role(answer)["grade"] is False
    lines = text(answer).splitlines()
    assert lines[-3:] == ["    ### BEGIN SOLUTION", "    raise NotImplementedError", "    ### END SOLUTION"]
    tests = [cell for cell in cells if role(cell)["grade"]]
    assert [role(cell)["points"] for cell in tests] == [1.0, 1.0]
    assert "### BEGIN HIDDEN TESTS" in text(tests[0]) and f"seed={course.seed}" in text(tests[0])
    assert text(tests[1]).startswith("### BEGIN HIDDEN TESTS")


@pytest.mark.parametrize("to", ["nbgrader", "otter"])
def test_right_answers_pass_every_test_and_starters_none(
    tmp_path: Path, course: Course, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(COURSE_VARIABLE, str(tmp_path / "course"))
    names: dict[str, object] = {}
    tests = 0
    for cell in cells_of(course, to, tmp_path / "out"):
        source = text(cell)
        if cell["cell_type"] != "code":
            continue
        if "assert" in source:
            tests += 1
            name = "my_loss" if "my_loss" in source else "masked_bce"
            names[name] = names[f"{name}_starter"]
            with pytest.raises(AssertionError), contextlib.redirect_stdout(io.StringIO()):
                exec(source, names)
            exec(RIGHT.replace("masked_bce", name), names)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(source, names)
            outputs = cell["outputs"]
            assert isinstance(outputs, list)
            for output in outputs:  # what Otter compares with
                assert "".join(output["text"]) == printed.getvalue()
        else:
            exec(source, names)
            for name in ("masked_bce", "my_loss"):
                if f"def {name}" in source:
                    names[f"{name}_starter"] = names[name]
    assert tests == (2 if to == "nbgrader" else 3)


def test_otter_s_raw_cells_open_and_close(tmp_path: Path, course: Course) -> None:
    raw = [text(cell) for cell in cells_of(course, "otter", tmp_path / "out") if cell["cell_type"] == "raw"]
    assert raw[0].startswith("# ASSIGNMENT CONFIG\nname: course\n")
    assert raw[1] == "# BEGIN QUESTION\nname: masked_bce\npoints: 1"
    assert [line.splitlines()[0] for line in raw[1:7]] == [
        "# BEGIN QUESTION",
        "# BEGIN SOLUTION",
        "# END SOLUTION",
        "# BEGIN TESTS",
        "# END TESTS",
        "# END QUESTION",
    ]


def test_the_same_course_gives_the_same_notebook(tmp_path: Path, course: Course) -> None:
    first, second = (cells_of(course, "otter", tmp_path / name) for name in ("first", "second"))
    assert first == second


def test_without_the_library_it_says_which(
    tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nbformat.v4", None)
    with pytest.raises(
        ImportError, match="notebooks are written with nbformat: `pip install nbformat` brings it"
    ):
        export(course, "otter", tmp_path / "out")
    assert not (tmp_path / "out").exists()
