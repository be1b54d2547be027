"""Which tests reach which line: measured once with coverage.py, so that a mutant meets only these tests."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Sequence

if TYPE_CHECKING:
    import coverage
    import pytest

MAX_TESTS, MAX_SECONDS = 300, 30.0  # of the tests that a mutant meets, the fastest first


class Choose:
    """A plugin of pytest: these tests alone, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._place = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what was not chosen."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._place), key=lambda item: self._place[item.nodeid]
        )


class Measure:
    """A plugin of pytest: the lines of the package that each test runs, and its seconds."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """What runs from here on is this test's."""
        self._measured.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what fixtures and test take."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)


def measure(arguments: Sequence[str], out: str) -> int:
    """Run pytest and write {file: {line: [test]}} and {test: seconds} of those that pass."""
    import coverage
    import pytest

    measured = coverage.Coverage(data_file=None, include=["*/gluon_softmax/*"])
    plugin = Measure(measured)
    measured.start()
    try:
        code = int(pytest.main(["-q", "-p", "no:cacheprovider", *arguments], plugins=[plugin]))
    finally:
        measured.stop()
    data = measured.get_data()
    lines = {
        str(Path(file).relative_to(Path.cwd())): {
            line: [test for test in reached if test in plugin.seconds and test not in plugin.failed]
            for line, reached in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    Path(out).write_text(json.dumps({"lines": lines, "seconds": plugin.seconds}), "utf-8")
    return code


class Reach(NamedTuple):
    """Of each file and line the tests that run it; of each test its seconds."""

    lines: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]

    @classmethod
    def read(cls, paths: Sequence[Path]) -> Reach:
        """Put together what several processes measured."""
        reach = cls({}, {})
        for path in paths:
            part = json.loads(path.read_text("utf-8"))
            reach.seconds.update(part["seconds"])
            for file, lines in part["lines"].items():
                of_file = reach.lines.setdefault(file, {})
                for line, tests in lines.items():
                    of_file.setdefault(int(line), set()).update(tests)
        return reach

    def write(self, path: Path) -> None:
        """Keep it for `read`."""
        lines = {
            file: {line: sorted(tests) for line, tests in of_file.items()}
            for file, of_file in self.lines.items()
        }
        path.write_text(json.dumps({"lines": lines, "seconds": self.seconds}), "utf-8")

    def tests(self, file: str, lineno: int, source: str) -> list[str]:
        """The tests that run a line; where none is seen to, its function's, then its file's.

        What MXNet's threads call is not seen.
        """
        of_file = self.lines.get(file, {})
        for first, last in _spans(source, lineno):
            found = {test for line in range(first, last + 1) for test in of_file.get(line, ())}
            if found:
                return self._fastest(file, found)
        return self._fastest(file, {test for tests in of_file.values() for test in tests})

    def _fastest(self, file: str, found: set[str]) -> list[str]:
        path = Path(file)
        own = f"tests/{path.parent.name}/test_{path.stem}"
        kept: list[str] = []
        seconds = 0.0
        for test in sorted(
            found, key=lambda test: (self.seconds[test] * (1 if test.startswith(own) else 4), test)
        ):
            seconds += self.seconds[test]
            if len(kept) == MAX_TESTS or (kept and seconds > MAX_SECONDS):
                break
            kept.append(test)
        return kept


def _spans(source: str, lineno: int) -> list[tuple[int, int]]:
    """The statement around a line, then its function, each as first and last line."""
    statement, function = (lineno, lineno), None
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= lineno <= (node.end_lineno or node.lineno):
            span = (node.lineno, node.end_lineno or node.lineno)
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                function = (node.body[0].lineno, span[1]) if isinstance(node, ast.FunctionDef) else function
            elif not hasattr(node, "body"):
                statement = span
    return [span for span in ((lineno, lineno), statement, function) if span]
