"""How readable the code is, in figures that have a limit: ``python scripts/measure_code.py``.

``make lint`` runs it: the share of bare ``Any`` among the parameters and returns of the package, the longest
function in lines of code (no blank lines, comments or docstring), and the longest file. It exits with 1 and
names the places where one is over its limit. Complexity has its limit in ruff's settings (C901).
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("gluon_softmax", "tests", "chapters", "benchmarks", "data", "scripts")
MAX_ANY, MAX_FUNCTION, MAX_FILE = 0.05, 60, 300


class Place(NamedTuple):
    """A figure and where it was found."""

    size: int
    where: str


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, methods and inner ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Its lines but for blank ones, comments and the docstring."""
    numbers = set(range(function.lineno, (function.end_lineno or 0) + 1))
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        numbers -= set(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    stripped = (lines[number - 1].strip() for number in numbers)
    return sum(1 for line in stripped if line and not line.startswith("#"))


def annotations(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    """What its parameters, but for ``self`` and ``cls``, and its return are annotated with."""
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    arguments += [argument for argument in (given.vararg, given.kwarg) if argument is not None]
    named = [a.annotation for a in arguments if a.annotation is not None or a.arg not in ("self", "cls")]
    return [*named, function.returns]


def is_any(annotation: ast.expr | None) -> bool:
    """Whether an annotation is ``Any`` and nothing else."""
    return isinstance(annotation, ast.Name) and annotation.id == "Any"


def main() -> int:
    """Print the figures; 1 where one is over its limit."""
    every: list[bool] = []
    by_length: list[Place] = []
    by_lines: list[Place] = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            lines, name = text.splitlines(), path.relative_to(ROOT).as_posix()
            by_lines.append(Place(len(lines), name))
            for function in functions(ast.parse(text)):
                by_length.append(
                    Place(lines_of_code(function, lines), f"{name}:{function.lineno} {function.name}")
                )
                if folder == "gluon_softmax" and "/exercises/" not in name:  # a student's file has no types
                    every += [is_any(annotation) for annotation in annotations(function)]
    share = sum(every) / len(every)
    longest_function, longest_file = max(by_length), max(by_lines)
    print(f"bare Any: {sum(every)} of {len(every)} parameters and returns, {share:.1%} (limit {MAX_ANY:.0%})")
    print(f"longest function: {longest_function.size} lines, {longest_function.where} (limit {MAX_FUNCTION})")
    print(f"longest file: {longest_file.size} lines, {longest_file.where} (limit {MAX_FILE})")
    over = [
        *(place for place in by_length if place.size > MAX_FUNCTION),
        *(place for place in by_lines if place.size > MAX_FILE),
    ]
    for place in over:
        print(f"over the limit: {place.size} lines, {place.where}")
    return 1 if over or share > MAX_ANY else 0


if __name__ == "__main__":
    sys.exit(main())
