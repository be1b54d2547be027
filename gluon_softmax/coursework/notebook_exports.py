"""A course as one notebook, with the cells that nbgrader or Otter-Grader reads: an answer and its tests each.

An answer's cell holds the starter; no solution is written. Students see the test with the inputs that
everybody has; marks are given by a hidden one with the course's seed. That of a teacher's own exercise reads
the course from the folder in ``GLUON_SOFTMAX_COURSE``, which is set where marks are given.
"""

from __future__ import annotations

import importlib
import re
from types import ModuleType
from typing import Protocol, Sequence, cast

from .course import Course
from .exercise import Loaded
from .ladder import PASSED, Verdict
from .shown import lines_of

COURSE_VARIABLE = "GLUON_SOFTMAX_COURSE"
_IMPORT = "import gluon_softmax as gs"
_OWN_IMPORT = """\
import os
from gluon_softmax.coursework.course import check_in
"""


class _Notebooks(Protocol):
    def new_notebook(self, **given: object) -> dict[str, object]: ...

    def new_markdown_cell(self, source: str, **given: object) -> dict[str, object]: ...

    def new_code_cell(self, source: str, **given: object) -> dict[str, object]: ...

    def new_raw_cell(self, source: str, **given: object) -> dict[str, object]: ...

    def new_output(self, kind: str, **given: object) -> dict[str, object]: ...


def nbgrader(course: Course, loaded: Sequence[Loaded]) -> str:
    """A notebook for nbgrader's ``source/``: cells carry its metadata, schema 3."""
    cells = _library()
    written = [
        cells.new_markdown_cell(f"# {course.title}", metadata=_role("title", locked=True)),
        cells.new_code_cell(_IMPORT, metadata=_role("imports", locked=True)),
    ]
    for exercise in loaded:
        name, points = exercise.name, course.points_of(exercise)
        hidden = f"### BEGIN HIDDEN TESTS\n{_hidden_test(course, exercise)}\n### END HIDDEN TESTS"
        test = hidden if _is_own(course, exercise) else f"{_seen_test(exercise)}\n{hidden}"
        test_role = _role(f"{name}_test", locked=True, grade=True, points=points)
        written += [
            cells.new_markdown_cell(_asks(exercise), metadata=_role(f"{name}_asks", locked=True)),
            cells.new_code_cell(_with_marks(exercise), metadata=_role(f"{name}_answer", solution=True)),
            cells.new_code_cell(test, metadata=test_role),
        ]
    return _text(cells, written)


def otter(course: Course, loaded: Sequence[Loaded]) -> str:
    """A notebook for ``otter assign``: raw cells say where a question, its solution and its tests begin."""
    cells = _library()
    config = (
        f"# ASSIGNMENT CONFIG\nname: {file_name(course)}\nrequirements: requirements.txt\nrun_tests: false"
    )
    written = [
        cells.new_raw_cell(config),
        cells.new_markdown_cell(f"# {course.title}"),
        cells.new_code_cell(_IMPORT),
    ]
    for exercise in loaded:
        said = "\n".join(lines_of(exercise, Verdict(exercise.name, PASSED))) + "\n"
        tests = [] if _is_own(course, exercise) else [_seen_test(exercise)]
        tests.append(f"# HIDDEN\n{_hidden_test(course, exercise)}")
        written += [
            cells.new_raw_cell(
                f"# BEGIN QUESTION\nname: {exercise.name}\npoints: {course.points_of(exercise):g}"
            ),
            cells.new_markdown_cell(_asks(exercise)),
            cells.new_raw_cell("# BEGIN SOLUTION"),
            cells.new_code_cell(exercise.starter.strip()),
            cells.new_raw_cell("# END SOLUTION"),
            cells.new_raw_cell("# BEGIN TESTS"),
            *(
                cells.new_code_cell(test, outputs=[cells.new_output("stream", name="stdout", text=said)])
                for test in tests
            ),
            cells.new_raw_cell("# END TESTS"),
            cells.new_raw_cell("# END QUESTION"),
        ]
    return _text(cells, written)


def file_name(course: Course) -> str:
    """The course's title as a file may be called."""
    return re.sub(r"\W+", "_", course.title).strip("_") or "course"


def _library() -> _Notebooks:
    return cast(_Notebooks, _imported("nbformat.v4"))


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise ImportError("notebooks are written with nbformat: `pip install nbformat` brings it") from None


def _text(cells: _Notebooks, written: Sequence[dict[str, object]]) -> str:
    for number, cell in enumerate(written):
        cell["id"] = f"cell-{number}"  # the same course gives the same file
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    found = cells.new_notebook(cells=list(written), metadata={"kernelspec": kernel})
    library = _imported("nbformat")
    library.validate(found)
    return str(library.writes(found)) + "\n"


def _role(
    name: str,
    *,
    locked: bool = False,
    solution: bool = False,
    grade: bool = False,
    points: float | None = None,
) -> dict[str, object]:
    role: dict[str, object] = {
        "schema_version": 3,
        "grade_id": name,
        "locked": locked,
        "solution": solution,
        "grade": grade,
        "task": False,
    }
    return {"nbgrader": role if points is None else {**role, "points": points}}


def _asks(exercise: Loaded) -> str:
    about = exercise.about
    return (
        f"## {about.title}\n\n{about.hand_in}\n\nIt is right when {about.right_when}.\n\n"
        f"Read before: *{about.section}*. About {about.minutes} minutes."
    )


def _with_marks(exercise: Loaded) -> str:
    """The starter, with nbgrader's marks around what its own words take the place of."""
    marked = r"\1### BEGIN SOLUTION\n\1raise NotImplementedError\n\1### END SOLUTION"
    return re.sub(r"^( *)raise NotImplementedError$", marked, exercise.starter.strip(), flags=re.MULTILINE)


def _is_own(course: Course, exercise: Loaded) -> bool:
    return exercise.name in course.own_names()


def _seen_test(exercise: Loaded) -> str:
    return f'assert gs.check("{exercise.name}", {exercise.name})'


def _hidden_test(course: Course, exercise: Loaded) -> str:
    """The test for marks: other inputs than the one that students see."""
    name = exercise.name
    if _is_own(course, exercise):
        return f'{_OWN_IMPORT}assert check_in(os.environ["{COURSE_VARIABLE}"], "{name}", {name})'
    return f'assert gs.check("{name}", {name}, seed={course.seed})'
