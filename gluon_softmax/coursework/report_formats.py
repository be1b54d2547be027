"""A report as text: a table for a terminal, CSV, JSON, Gradescope's results.json and JUnit's XML."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from typing import Sequence

from .class_folder import readable
from .ladder import NOT_YET, PASSED, TO_DO
from .report import Mark, Report, Share
from .report_worker import MISSING

LETTERS = {PASSED: "+", NOT_YET: "-", TO_DO: ".", MISSING: " "}
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would calculate
_WIDTH = 100


def table(report: Report) -> str:
    """The class for a terminal: students, exercises with their mistakes, files that are the same."""
    lines = [
        f"{report.title}: {len(report.students)} students, seed {report.seed}",
        "",
        *_students(report),
        "",
    ]
    lines += _exercises(report)
    if report.same():
        lines += ["", "files that are byte by byte the same, and the exercises:"]
        lines += _same(report)
    if not report.apart:
        lines += [
            "",
            "This system permits no namespaces, so audit hooks alone held the files off: docs/teaching.md.",
        ]
    return "\n".join(lines) + "\n"


def _students(report: Report) -> list[str]:
    width = max(len("student"), *(len(readable(student)) for student in report.students))
    lines = [
        f"{'student':<{width}}  points  passed  exercises (+ passed, - not yet, . to do, blank: no file)"
    ]
    for student in report.students:
        marks = report.of(student)
        letters = "".join(LETTERS[mark.state] for mark in marks)
        num_passed = sum(mark.state == PASSED for mark in marks)
        points = f"{report.points_of(student):g}"
        lines.append(f"{readable(student):<{width}}  {points:>6}  {num_passed:>6}  {letters}".rstrip())
    return [*lines, f"{'of':<{width}}  {report.points:>6g}  {len(report.asked):>6}"]


def _exercises(report: Report) -> list[str]:
    lines = ["passed  exercise, and the share of the class by misconception"]
    shares = report.shares()
    for asked in report.asked:
        lines.append(
            f"{report.num_passed(asked.name) / len(report.students):>6.0%}  {asked.name} ({asked.points:g})"
        )
        for share in shares:
            if share.exercise == asked.name:
                lines += _share(share)
    return lines


def _share(share: Share) -> list[str]:
    head = f"        {share.share:>4.0%}  {share.mistake} ({len(share.students)}): "
    return _filled(head, f'{share.says} Read "{share.section}".')


def _filled(head: str, text: str) -> list[str]:
    """Text in lines below each other, the first after `head`."""
    lines, indent = [head.rstrip(" ")], " " * 14
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > _WIDTH:
            lines.append(indent + word)
        else:
            lines[-1] += f" {word}"
    return lines


def _same(report: Report) -> list[str]:
    """A line for each group of students, with the exercises that they have the same files for."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, students in report.same():
        groups.setdefault(students, []).append(name)
    lines = []
    for students, names in groups.items():
        shown = f"all {len(names)}" if len(names) == len(report.asked) > 1 else ", ".join(names)
        lines += _filled(f"  {_names(students)}:", shown)
    return lines


def _names(students: Sequence[str]) -> str:
    return ", ".join(map(readable, students))


def as_csv(report: Report) -> str:
    """One line for each student and exercise; no cell is a formula to a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "exercise", "state", "points", "of", "rung", "why", "mistakes", "same_as"])
    for mark in report.marks:
        cells = [
            mark.student,
            mark.exercise,
            mark.state,
            f"{mark.points:g}",
            f"{mark.of:g}",
            mark.rung,
            mark.why,
        ]
        cells += [" ".join(mark.mistakes), " ".join(mark.same_as)]
        writer.writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(text: str) -> str:
    shown = readable(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def as_json(report: Report) -> str:
    """All of it: students with their marks, mistakes with their shares, files that are the same."""
    students = [
        {
            "student": readable(student),
            "points": report.points_of(student),
            "exercises": [_plain(mark) for mark in report.of(student)],
        }
        for student in report.students
    ]
    exercises = [
        {"name": one.name, "title": one.title, "points": one.points, "passed": report.num_passed(one.name)}
        for one in report.asked
    ]
    same = [{"exercise": name, "students": list(map(readable, group))} for name, group in report.same()]
    found = {
        "title": report.title,
        "seed": report.seed,
        "points": report.points,
        "apart": report.apart,
        "exercises": exercises,
        "students": students,
        "misconceptions": [share._asdict() for share in report.shares()],
        "same": same,
    }
    return json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(mark: Mark) -> dict[str, object]:
    return {name: value for name, value in mark._asdict().items() if name != "student"}


def gradescope(report: Report, student: str) -> str:
    """What Gradescope reads of one student: ``results.json``."""
    tests = [
        {
            "name": asked.title,
            "number": str(number),
            "score": mark.points,
            "max_score": mark.of,
            "status": "passed" if mark.state == PASSED else "failed",
            "output": sentence(report, mark),
        }
        for number, (asked, mark) in enumerate(zip(report.asked, report.of(student)), start=1)
    ]
    return (
        json.dumps({"score": report.points_of(student), "tests": tests}, ensure_ascii=False, indent=2) + "\n"
    )


def sentence(report: Report, mark: Mark) -> str:
    """How a mark came about: the rung and why, then the mistakes in their own words."""
    if mark.state == PASSED:
        return "passed"
    if not mark.why:
        return mark.state
    asked = next(asked for asked in report.asked if asked.name == mark.exercise)
    said = [f"{mark.rung}: {mark.why}" if mark.rung else mark.why]
    said += [f'{asked.mistakes[name].says} Read "{asked.mistakes[name].section}".' for name in mark.mistakes]
    return "\n".join(said)


def junit(report: Report) -> str:
    """JUnit's XML: a suite for each student, a case for each exercise."""
    root = ET.Element("testsuites", name=readable(report.title))
    for student in report.students:
        marks = report.of(student)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=readable(student),
            tests=str(len(marks)),
            failures=str(sum(mark.state == NOT_YET for mark in marks)),
            skipped=str(sum(mark.state in (TO_DO, MISSING) for mark in marks)),
            errors="0",
        )
        for mark in marks:
            case = ET.SubElement(suite, "testcase", classname=readable(student), name=mark.exercise)
            if mark.state == NOT_YET:
                failure = ET.SubElement(case, "failure", message=f"{mark.rung}: {mark.why}")
                failure.text = sentence(report, mark)
            elif mark.state != PASSED:
                ET.SubElement(case, "skipped", message=mark.state)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
