"""The page: a cell for each student and exercise, which says why."""

from __future__ import annotations

from html.parser import HTMLParser

from coursework.test_report_formats import ASKED, REPORT, STUDENTS, WHY

from gluon_softmax.coursework.report_page import page


class Cells(HTMLParser):
    """Collects the cells of marks, and which tags are open."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "td" and (given.get("class") or "").startswith("mark"):
            self.titles.append(given.get("title") or "")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_each_mark_has_a_cell_that_says_why() -> None:
    cells = Cells()
    cells.feed(page(REPORT))
    assert cells.open == []
    assert len(cells.titles) == len(STUDENTS) * len(ASKED)
    assert cells.titles[0] == "passed" and WHY in cells.titles[2]
