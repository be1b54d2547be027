"""A report as one HTML page that loads nothing: a matrix of students and exercises, and mistakes as bars."""

from __future__ import annotations

from html import escape
from typing import Iterator

from .class_folder import readable
from .ladder import NOT_YET, PASSED, TO_DO
from .report import Mark, Report
from .report_formats import LETTERS, sentence
from .report_worker import MISSING

_CLASSES = {PASSED: "passed", NOT_YET: "not-yet", TO_DO: "to-do", MISSING: "missing"}
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em; color: #222; background: #fff; }
table { border-collapse: collapse; }
th, td { padding: .2em .5em; text-align: left; border: 1px solid #ddd; }
td.mark { text-align: center; font-family: monospace; white-space: pre; }
th.turned { writing-mode: vertical-rl; vertical-align: bottom; font-weight: normal; }
.passed { background: #cfe8d0; } .not-yet { background: #f3c9c2; } .to-do { background: #eee; }
.bar { display: inline-block; height: .8em; background: #b5533c; margin-right: .5em; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
"""


def page(report: Report) -> str:
    """The page."""
    title = escape(readable(report.title))
    body = [f"<h1>{title}</h1>", f"<p>{len(report.students)} students, seed {report.seed}.</p>"]
    body += [*_matrix(report), *_mistakes(report), *_same(report)]
    if not report.apart:
        body.append("<p>This system permits no namespaces, so audit hooks alone held the files off.</p>")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    text = "\n".join(body)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{text}\n</body></html>\n'


def _matrix(report: Report) -> Iterator[str]:
    heads = "".join(
        f'<th class="turned" title="{escape(one.title)}">{escape(one.name)}</th>' for one in report.asked
    )
    yield f"<table><tr><th>student</th><th>points of {report.points:g}</th>{heads}</tr>"
    for student in report.students:
        cells = "".join(_cell(report, mark) for mark in report.of(student))
        points = f'<td class="number">{report.points_of(student):g}</td>'
        yield f"<tr><td>{escape(readable(student))}</td>{points}{cells}</tr>"
    shares = (report.num_passed(one.name) / len(report.students) for one in report.asked)
    yield f"<tr><td>passed</td><td></td>{''.join(f'<td>{share:.0%}</td>' for share in shares)}</tr></table>"


def _cell(report: Report, mark: Mark) -> str:
    said = escape(sentence(report, mark), quote=True)
    return f'<td class="mark {_CLASSES[mark.state]}" title="{said}">{escape(LETTERS[mark.state])}</td>'


def _mistakes(report: Report) -> Iterator[str]:
    yield "<h2>The share of the class by misconception</h2>"
    shares = report.shares()
    if not shares:
        yield "<p>No mistake was known by name.</p>"
        return
    yield "<table><tr><th>exercise</th><th>share</th><th>mistake</th><th>students</th></tr>"
    for one in shares:
        bar = f'<span class="bar" style="width:{8 * one.share:.2f}em"></span>{one.share:.0%}'
        students = escape(", ".join(map(readable, one.students)))
        says = f"<b>{escape(one.mistake)}</b> {escape(one.says)} Read “{escape(one.section)}”."
        yield f"<tr><td>{escape(one.exercise)}</td><td>{bar}</td><td>{says}</td><td>{students}</td></tr>"
    yield "</table>"


def _same(report: Report) -> Iterator[str]:
    groups = report.same()
    if groups:
        yield "<h2>Files that are byte by byte the same</h2><ul>"
        for name, students in groups:
            yield f"<li>{escape(name)}: {escape(', '.join(map(readable, students)))}</li>"
        yield "</ul>"
