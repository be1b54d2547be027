"""The rooms: which imports from which, no circle, nothing loose at the root, a test file per source file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gluon_softmax"
# Each room and what it may import from. An arrow that is not here points back up.
BELOW = {
    "utils": set(),
    "vocabulary": {"utils"},
    "backend": {"utils"},
    "data": {
        "vocabulary",
        "utils",
        "backend",
    },  # backend for d2l alone, when PTB is fetched or a vocab asked for
    "fused": {"backend", "vocabulary", "utils"},
    "output_layers": {"fused", "backend", "vocabulary", "utils"},
    "models": {"output_layers", "fused", "backend", "vocabulary", "utils"},
    "training": {"backend", "utils"},  # knows neither a model nor where batches come from
    "coursework": {"vocabulary", "backend", "utils"},  # beside the doors: nothing below knows it
    # Beside the doors too; of data the planted groups of mini_ptb.
    "pictures": {"models", "runs", "data", "vocabulary", "utils"},
    "runs": {"models", "output_layers", "training", "data", "backend", "vocabulary", "utils"},
}
DOORS = {"__init__", "__main__", "cli", "chapter"}
SOURCES = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in PACKAGE.rglob("*.py")}
EXERCISES = "coursework/exercises/"  # what students read and write: test_exercises.py has them
SOURCES = {name: path for name, path in SOURCES.items() if not name.startswith(EXERCISES)}


def imports_of(name: str) -> set[str]:
    """The files of the package that a file imports from, inside functions too."""
    found = set()
    here = name.split("/")[:-1]
    for node in ast.walk(ast.parse(SOURCES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*here[: len(here) - node.level + 1], *(node.module.split(".") if node.module else [])]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gluon_softmax":
            base = (node.module or "").split(".")[1:]
        else:
            continue
        for alias in node.names:
            for candidate in ("/".join([*base, alias.name]), "/".join(base), "/".join([*base, "__init__"])):
                if candidate in SOURCES:
                    found.add(candidate)
                    break
    return found - {name}


ARROWS = {name: imports_of(name) for name in SOURCES}


def room_of(name: str) -> str:
    return name.split("/")[0]


def test_arrows_are_found_at_all() -> None:
    assert "fused/linear_cross_entropy" in ARROWS["output_layers/adaptive"]
    assert "backend/bootstrap" in ARROWS["backend/__init__"]
    assert sum(map(len, ARROWS.values())) > 150


@pytest.mark.parametrize("name", [name for name in sorted(SOURCES) if "/" in name])
def test_no_arrow_points_back_up(name: str) -> None:
    room = room_of(name)
    wrong = {other for other in ARROWS[name] if room_of(other) != room} - {
        other for other in ARROWS[name] if room_of(other) in BELOW[room]
    }
    wrong.discard("__init__")  # the version, which imports nothing
    assert not wrong


def test_no_import_goes_in_a_circle() -> None:
    left = dict(ARROWS)
    while left:
        free = {name for name, others in left.items() if not others & set(left)}
        assert free, f"a circle among {sorted(left)}"
        left = {name: others for name, others in left.items() if name not in free}


def test_nothing_lies_loose_at_the_root() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == DOORS
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(BELOW) and len(folders) <= 11


def holds_logic(tree: ast.Module) -> bool:
    """Whether a function of the file does something, and not only says its name and its types."""

    def does(statement: ast.stmt) -> bool:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return False  # a docstring, or ...
        return not isinstance(statement, (ast.Raise, ast.Pass))

    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return any(does(statement) for function in functions for statement in function.body)


def test_every_source_file_that_holds_logic_has_a_test_file_of_its_name() -> None:
    without = []
    for name, path in sorted(SOURCES.items()):
        room, _, stem = name.rpartition("/")
        if not room or stem == "__init__" or not holds_logic(ast.parse(path.read_text(encoding="utf-8"))):
            continue
        if not list((ROOT / "tests" / room).glob(f"test_{stem}.py")):
            without.append(name)
    assert without == []


def test_every_test_file_of_a_room_begins_with_the_name_of_a_source_file() -> None:
    strangers = []
    for room in BELOW:
        stems = sorted((name.rpartition("/")[2] for name in SOURCES if room_of(name) == room), key=len)
        for path in (ROOT / "tests" / room).glob("test_*.py"):
            if not any(path.stem[len("test_") :].startswith(stem) for stem in stems):
                strangers.append(path.relative_to(ROOT).as_posix())
    assert strangers == []
