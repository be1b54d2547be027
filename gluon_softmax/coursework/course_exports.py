"""A course for where it is handed in: a repository with a workflow, Gradescope's autograder, or notebooks.

What students get has starters alone. The autograder's archive has the teacher's own exercises with their
solutions, since it checks them; it never has the key.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Callable, Mapping

from .. import __version__
from ..utils.checks import check_choice
from ..utils.errors import ExerciseError
from ..utils.files import write_whole
from .course import FILE, OWN, Course, course_text
from .exercise import FILES, Loaded
from .notebook_exports import file_name, nbgrader, otter

_REQUIREMENTS = f"""\
# What the checks run on; an address of your own clone will do: git+https://…/gluon_softmax.git
gluon_softmax=={__version__}
"""

_WORKFLOW = """\
name: exercises
on: [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-22.04
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
          cache: pip
      - run: pip install -r requirements.txt
      - run: gluon-softmax exercise check . {names}
"""

_README = """\
# {title}

Write each exercise in its file: the docstring says what it takes and returns. To see how you stand:

    pip install -r requirements.txt
    gluon-softmax exercise check .

A push runs the same check.

| file | exercise | points |
|---|---|---|
{rows}
"""

_SETUP = """\
#!/usr/bin/env bash
set -e
apt-get update
apt-get install -y python3 python3-venv libgomp1 libgfortran5
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install -r /autograder/source/requirements.txt
"""

_RUN = """\
#!/usr/bin/env bash
# The submission is the only student of a class; a copy, since the report reads no links.
set -e
rm -rf /autograder/class /autograder/report
mkdir -p /autograder/class /autograder/results
cp -r /autograder/submission /autograder/class/submission
/autograder/venv/bin/gluon-softmax exercise report /autograder/class \\
    --course /autograder/source/course --format gradescope --out /autograder/report --workers 1
cp /autograder/report/submission/results.json /autograder/results/results.json
"""


def export(course: Course, to: str, out: Path) -> list[Path]:
    """Write a course for a place and return the files.

    Parameters
    ----------
    course : what is handed in.
    to : one of `PLACES`.
    out : a folder that is new or empty.

    Raises ValueError for another place, ExerciseError for a folder that has files, ImportError where a
    library is missing.
    """
    check_choice("to", to, list(PLACES))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExerciseError(f"out takes a folder that is new or empty; got {out}")
    files = PLACES[to](course)
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        if path.suffix == ".sh" or path.name == "run_autograder":
            path.chmod(0o755)
    written = [out / name for name in files]
    return [*written, _zip(out, written)] if to == "gradescope" else written


def _loaded(course: Course) -> list[Loaded]:
    return [course.load(name) for name in course.names()]


def github(course: Course) -> dict[str, bytes]:
    """A repository for students: starters, a text, and a workflow that checks the package's exercises."""
    own = course.own_names()
    loaded = _loaded(course)
    checked = [exercise.name for exercise in loaded if exercise.name not in own]
    if not checked:
        raise ExerciseError("to github takes a course with an exercise of the package; got own ones alone")
    rows = "\n".join(
        f"| `{exercise.name}.py` | {exercise.about.title} | {course.points_of(exercise):g} |"
        for exercise in loaded
    )
    if own:
        rows += f"\n\nYour teacher checks {', '.join(f'`{name}.py`' for name in own)}: the workflow does not."
    files = {
        ".github/workflows/exercises.yml": _WORKFLOW.format(names=" ".join(checked)),
        "README.md": _README.format(title=course.title, rows=rows),
        "requirements.txt": _REQUIREMENTS,
        **{f"{exercise.name}.py": exercise.starter for exercise in loaded},
    }
    return _encoded(files)


def gradescope(course: Course) -> dict[str, bytes]:
    """What Gradescope's autograder takes: setup.sh, run_autograder, and the course without its key."""
    files = _encoded({"setup.sh": _SETUP, "run_autograder": _RUN, "requirements.txt": _REQUIREMENTS})
    return {**files, **_course_files(course)}


def _course_files(course: Course) -> dict[str, bytes]:
    files = {f"course/{FILE}": course_text(course).encode()}
    for name in course.own_names():
        home = course.home_of(name) / name
        for file in FILES:
            files[f"course/{OWN}/{name}/{file}"] = (home / file).read_bytes()
    return files


def _notebooks(course: Course, make: Callable[[Course, list[Loaded]], str], folder: str) -> dict[str, bytes]:
    name = file_name(course)
    content = make(course, _loaded(course)).encode()
    return {f"{folder.format(name=name)}{name}.ipynb": content, "requirements.txt": _REQUIREMENTS.encode()}


def _nbgrader(course: Course) -> dict[str, bytes]:
    return _notebooks(course, nbgrader, "source/{name}/")


def _otter(course: Course) -> dict[str, bytes]:
    return _notebooks(course, otter, "")


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


def _zip(out: Path, files: list[Path]) -> Path:
    """The archive that is uploaded; scripts stay executable in it."""
    path = out / "autograder.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(out))
    return path


PLACES: Mapping[str, Callable[[Course], dict[str, bytes]]] = {
    "github": github,
    "gradescope": gradescope,
    "nbgrader": _nbgrader,
    "otter": _otter,
}
