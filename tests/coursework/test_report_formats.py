"""A report as text: every format has the marks, the shares and nothing that acts on its reader."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from oracles.answers import MASKED_BCE

from gluon_softmax.coursework.ladder import NOT_YET, PASSED, TO_DO
from gluon_softmax.coursework.report import Asked, Mark, Report
from gluon_softmax.coursework.report_formats import as_csv, as_json, gradescope, junit, table
from gluon_softmax.coursework.report_page import page
from gluon_softmax.coursework.report_worker import MISSING

EVIL = "<script>alert(1)</script>"
MISTAKE = "mean_over_length"
ASKED = (
    Asked("masked_bce", "The masked loss", "negative_sampling", 2.0, MASKED_BCE.mistakes),
    Asked("other", EVIL, "negative_sampling", 0.5, {}),
)
STUDENTS = ("=ann", "bob", f"c{EVIL}", "dee")
WHY = f"=1+1 {EVIL}"


def mark(
    student: str, exercise: str, state: str, of: float, *, why: str = "", mistakes: tuple[str, ...] = ()
) -> Mark:
    points = of if state == PASSED else 0.0
    same = {"=ann": ("bob",), "bob": ("=ann",)}.get(student, ()) if exercise == "other" else ()
    return Mark(student, exercise, state, points, of, "the example" if why else "", why, mistakes, same)


REPORT = Report(
    title="The course",
    seed=3,
    asked=ASKED,
    students=STUDENTS,
    marks=(
        mark("=ann", "masked_bce", PASSED, 2.0),
        mark("=ann", "other", PASSED, 0.5),
        mark("bob", "masked_bce", NOT_YET, 2.0, why=WHY, mistakes=(MISTAKE,)),
        mark("bob", "other", PASSED, 0.5),
        mark(STUDENTS[2], "masked_bce", NOT_YET, 2.0, why="wrong", mistakes=(MISTAKE, "padding_counts")),
        mark(STUDENTS[2], "other", TO_DO, 0.5),
        mark("dee", "masked_bce", MISSING, 2.0),
        mark("dee", "other", MISSING, 0.5),
    ),
    apart=True,
)


def test_points_and_shares() -> None:
    assert [REPORT.points_of(student) for student in STUDENTS] == [2.5, 0.5, 0.0, 0.0]
    assert REPORT.points == 2.5
    assert [(one.mistake, one.share, one.students) for one in REPORT.shares()] == [
        (MISTAKE, 0.5, ("bob", STUDENTS[2])),
        ("padding_counts", 0.25, (STUDENTS[2],)),
    ]
    assert REPORT.same() == [("other", ("=ann", "bob"))]


def test_the_table() -> None:
    lines = table(REPORT).splitlines()
    assert lines[0] == "The course: 4 students, seed 3"
    students = {line.split()[0]: line.split()[1:] for line in lines[3:7]}
    assert students["=ann"] == ["2.5", "2", "++"]
    assert students["bob"] == ["0.5", "1", "-+"]
    assert students["dee"] == ["0", "0"]
    assert "   25%  masked_bce (2)" in lines
    share = next(line for line in lines if MISTAKE in line)
    assert share.startswith("         50%  mean_over_length (2): The sum was divided by the row's length")
    assert max(map(len, lines)) <= 110
    assert lines[-2:] == ["files that are byte by byte the same, and the exercises:", "  =ann, bob: other"]
    assert (
        table(REPORT._replace(apart=False)).splitlines()[-1].startswith("This system permits no namespaces")
    )


def test_the_csv_holds_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(REPORT))))
    assert len(rows) == 8
    assert rows[2]["mistakes"] == MISTAKE and rows[2]["points"] == "0" and rows[2]["of"] == "2"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert rows[0]["student"] == "'=ann" and rows[2]["why"] == f"'{WHY}"


def test_the_json_has_all_of_it() -> None:
    found = json.loads(as_json(REPORT))
    assert found["points"] == 2.5 and found["seed"] == 3 and found["apart"] is True
    assert [one["points"] for one in found["students"]] == [2.5, 0.5, 0.0, 0.0]
    assert found["students"][1]["exercises"][0]["mistakes"] == [MISTAKE]
    assert found["misconceptions"][0]["share"] == 0.5
    assert found["misconceptions"][0]["says"] == MASKED_BCE.mistakes[MISTAKE].says
    assert found["exercises"][1]["passed"] == 2
    assert found["same"] == [{"exercise": "other", "students": ["=ann", "bob"]}]


def test_gradescope_gets_each_student_alone() -> None:
    found = json.loads(gradescope(REPORT, "bob"))
    assert found["score"] == 0.5 == sum(test["score"] for test in found["tests"])
    assert [test["max_score"] for test in found["tests"]] == [2.0, 0.5]
    assert [test["status"] for test in found["tests"]] == ["failed", "passed"]
    assert (
        WHY in found["tests"][0]["output"]
        and MASKED_BCE.mistakes[MISTAKE].says in found["tests"][0]["output"]
    )
    assert "ann" not in json.dumps(found)


def test_junit_is_read_by_a_parser() -> None:
    root = ET.fromstring(junit(REPORT))
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    assert list(suites) == list(STUDENTS)
    assert suites["bob"].get("failures") == "1" and suites["dee"].get("skipped") == "2"
    failure = suites["bob"].find("testcase/failure")
    assert failure is not None and failure.get("message") == f"the example: {WHY}"


def test_the_page_runs_no_script_and_loads_nothing() -> None:
    found = page(REPORT)
    assert "<script" not in found and "http" not in found.replace("https://github.com", "")
    assert "&lt;script&gt;" in found
    assert ">50%<" in found and "mean_over_length" in found


@pytest.mark.parametrize("write", [table, as_csv, as_json, junit, page])
def test_a_class_without_a_mistake(write) -> None:  # type: ignore[no-untyped-def]  # any of the formats
    passed = tuple(one for one in REPORT.marks if one.student == "=ann")
    assert "mean_over_length" not in write(REPORT._replace(students=("=ann",), marks=passed))
