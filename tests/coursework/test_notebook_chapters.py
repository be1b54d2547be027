"""The cells of the chapters that check an exercise: the starter's function, which is to do as it stands."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Callable

import pytest

from gluon_softmax.coursework import exercise as exercises
from gluon_softmax.coursework import ladder
from gluon_softmax.coursework.notebook import check_here

CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "chapters").glob("*.py"))
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def checked(path: Path) -> list[tuple[str, ast.FunctionDef]]:
    """Each ``gs.check("name", name)`` of a chapter, with the function that it is given."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    found = []
    for node in body:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "check":
            name, function = call.args
            assert isinstance(name, ast.Constant) and isinstance(function, ast.Name)
            found.append((name.value, functions[function.id]))
    return found


@every_chapter
def test_a_chapter_has_a_cell_of_an_exercise_of_its_own_which_is_to_do(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    cells = checked(path)
    assert cells
    for name, function in cells:
        exercise = exercises.load(name)
        assert exercise.about.chapter == path.stem
        assert f"`gluon-softmax exercise start WORK {name}`" in text
        assert f"({exercise.about.minutes} minutes; read" in " ".join(text.replace("#", "").split())
        parameters = [argument.arg for argument in function.args.args]
        assert parameters == list(ladder.parameters_of(exercise.starter, name))
        made: dict[str, Callable[..., object]] = {}
        exec(compile(ast.Module([function], []), str(path), "exec"), made)
        assert check_here(exercise, made[name]).state == ladder.TO_DO


@every_chapter
def test_a_chapter_is_short_and_names_its_papers(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 300
    order = [lines.index(f"# ## {section}") for section in ("Summary", "References", "Exercises")]
    assert order == sorted(order)
