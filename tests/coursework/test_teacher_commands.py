"""The teacher's commands: help with examples that parse, what they write, errors of one line."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Sequence

import pytest
from oracles.answers import RIGHT, WRONG
from oracles.courses import own
from oracles.small_runs import Call, check_error

from gluon_softmax import cli
from gluon_softmax.coursework.teacher_commands import COMMANDS, COURSE_COMMANDS, FORMATS, Command
from gluon_softmax.runs.arguments import make_parser

ALL = {**COMMANDS, **{f"course {name}": command for name, command in COURSE_COMMANDS.items()}}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> Path:
    """A course of one exercise and a class of two, in the current folder."""
    monkeypatch.chdir(tmp_path)
    assert call("exercise", "course", "new", "course", "--only", "masked_bce")[0] == 0
    for name, source in (("ann", RIGHT), ("bob", WRONG)):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "masked_bce.py").write_text(source)
    return tmp_path


@pytest.mark.parametrize(("name", "command"), ALL.items())
def test_help_shows_examples_that_parse(name: str, command: Command, call: Call) -> None:
    status, out, _ = call("exercise", *name.split(), "--help")
    examples = [
        shlex.split(line) for line in out.splitlines() if line.startswith(f"  gluon-softmax exercise {name}")
    ]
    assert status == 0 and len(examples) == len(command.examples) > 0
    for words in examples:
        args = make_parser(cli.ACTIONS, cli._add_exercises).parse_args(words[1:])
        assert args.command is command.action


def test_a_new_course_says_what_is_where(tmp_path: Path, call: Call) -> None:
    folder = tmp_path / "course"
    status, out, err = call("exercise", "course", "new", str(folder), "--only", "masked_bce", "path_loss")
    assert (status, err) == (0, "")
    assert f"{folder / 'course.json'}: 2 exercises" in out and "key.txt" in out
    names = [entry["name"] for entry in json.loads((folder / "course.json").read_text())["exercises"]]
    assert names == ["masked_bce", "path_loss"]


def test_a_report_is_printed_or_written(work: Path, call: Call) -> None:
    status, out, err = call("exercise", "report", "class", "--course", "course", "--seed", "3")
    assert (status, err) == (0, "")
    assert out.startswith("course: 2 students, seed 3\n") and "50%  mean_over_length (1): " in out
    for name in FORMATS:
        target = work / f"report.{name}"
        given = ("--course", "course", "--format", name, "--out", str(target))
        status, out, _ = call("exercise", "report", "class", *given)
        assert status == 0 and out.startswith(str(target))
        assert "mean_over_length" in target.read_text() or name == "junit"


def test_gradescope_s_files_go_to_a_folder_each(work: Path, call: Call) -> None:
    given = ("--course", "course", "--format", "gradescope", "--out", "results")
    assert call("exercise", "report", "class", *given)[0] == 0
    scores = [
        json.loads((work / "results" / name / "results.json").read_text())["score"] for name in ("ann", "bob")
    ]
    assert scores == [1.0, 0.0]


def test_a_course_is_exported(work: Path, call: Call) -> None:
    status, out, _ = call("exercise", "course", "export", "course", "--to", "github", "--out", "repository")
    assert status == 0
    assert str(Path("repository") / "masked_bce.py") in out.splitlines()
    assert (work / "repository" / ".github" / "workflows" / "exercises.yml").is_file()


def test_validate_says_right_or_wrong_and_exits_so(work: Path, call: Call) -> None:
    folder = own(work / "course")
    status, out, _ = call("exercise", "validate", str(folder), "--seeds", "2")
    assert (status, out) == (0, "right  my_loss\n")
    path = folder / "exercise.py"
    path.write_text(path.read_text(encoding="utf-8").replace("minutes=20", "minutes=1"), encoding="utf-8")
    status, out, _ = call("exercise", "validate", str(folder), str(folder), "--seeds", "1")
    assert status == 1
    assert out == "wrong  my_loss\n       exercise.py: minutes takes 5 to 180; got 1\n" * 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("report",), "the following arguments are required: CLASS_FOLDER"),
        (
            ("report", "nowhere"),
            "CLASS_FOLDER takes a folder that has a folder for each student; got nowhere",
        ),
        (("report", "course/exercises"), "course/exercises has none"),
        (("report", ""), "CLASS_FOLDER takes a path; got ''"),
        (("report", "class", "--format", "xml"), "argument --format: invalid choice: 'xml'"),
        (("report", "class", "--course", "class"), "--course takes a folder with course.json; got class"),
        (("report", "class", "--seed", "-1"), "--seed takes an integer of at least 0, got -1"),
        (("report", "class", "--workers", "0"), "--workers takes an integer of at least 1, got 0"),
        (("report", "class", "--limit-s", "0"), "--limit-s takes a finite number above 0, got 0.0"),
        (("report", "class", "--limit-s", "nan"), "--limit-s takes a finite number above 0, got nan"),
        (("report", "class", "--format", "gradescope"), "--out takes a folder where results.json of each"),
        (("report", "class", "--format", "gradescope", "--out", "FILE"), "--out takes a folder; got FILE"),
        (
            ("report", "class", "--out", "nowhere/x"),
            "--out takes a file in a folder that is there; got nowhere/x",
        ),
        (("report", "class", "--out", "course"), "--out takes a file in a folder that is there; got course"),
        (("course",), "the following arguments are required: COMMAND"),
        (("course", "new", "course"), "COURSE takes a folder that is new or empty; got course"),
        (("course", "new", "x", "--only", "nothing"), "--only takes one of "),
        (("course", "export", "course", "--out", "x"), "the following arguments are required: --to"),
        (
            ("course", "export", "class", "--to", "github", "--out", "x"),
            "COURSE takes a folder with course.json",
        ),
        (
            ("course", "export", "course", "--to", "github", "--out", "class"),
            "--out takes a folder that is new or",
        ),
        (("validate",), "the following arguments are required: FOLDER"),
        (("validate", "class"), "FOLDER takes a folder with exercise.py; got "),
        (("validate", "class", "--seeds", "0"), "--seeds takes an integer of at least 1, got 0"),
        (("validate", "class", "--sed", "1"), "unrecognized arguments: --sed 1; did you mean --seeds?"),
    ],
)
def test_what_is_wrong_is_one_line_and_changes_nothing(
    argv: Sequence[str], said: str, work: Path, call: Call
) -> None:
    Path("FILE").write_text("")
    before = sorted(work.rglob("*"))
    check_error(call("exercise", *argv), said)
    assert sorted(work.rglob("*")) == before
