"""An exercise: a folder with a text, a starter, a solution, known mistakes, and inputs that tell them apart.

A folder is named after the function that is handed in, and holds four files:

``exercise.py``
    ``EXERCISE``, an `Exercise`; ``examples()``, hand-sized `Example`s; ``inputs(rng)``, fresh arguments on
    which every known mistake shows; and, where it makes sense, ``identities(answer, rng)``, which yields
    `Identity`s, and ``probe(answer, arguments)``, which calls what was handed in (it runs beside the
    student's code, so it holds nothing of the solution).
``starter.py``
    What the student gets: a docstring with shapes, units, errors and an example.
``solution.py``
    The slow and clear way, in NumPy; its docstring has the derivation.
``mistakes.py``
    ``MISTAKES``, a `Mistake` by name, and the function once more with a keyword ``wrong``: the names of the
    mistakes that it makes.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Callable, Iterable, Iterator, Mapping, NamedTuple, Protocol, Sequence

import numpy

from ..utils.checks import check_choice
from ..utils.errors import ExerciseError

KINDS = ("derive", "code", "measure", "extend")
FOLDER = Path(__file__).resolve().parent / "exercises"
FILES = ("exercise.py", "starter.py", "solution.py", "mistakes.py")
DEFAULT_LIMIT_S = 10.0


class Exercise(NamedTuple):
    """What is asked, and what a reader wants to know before beginning."""

    title: str
    chapter: str  # the stem of its file in chapters/
    section: str  # of the chapter, to read before
    kind: str  # one of KINDS
    minutes: int
    hand_in: str  # what, in one line
    right_when: str  # how one knows that it is right, in one line
    source: str  # paper, book or course that asks it
    hints: tuple[str, ...]  # from the first thought to all but the solution
    points: int = 1
    arrays: str = "numpy"  # or "mxnet": what the starter calculates with
    rtol: float = 1e-4
    atol: float = 1e-6
    limit_s: float = DEFAULT_LIMIT_S  # seconds that a check may take


class Example(NamedTuple):
    """Arguments small enough to follow by hand, and the value."""

    arguments: tuple[object, ...]
    value: object


class Identity(NamedTuple):
    """Two values that must be equal, whatever the solution: ``says`` is the law, in one line."""

    says: str
    got: object
    want: object


class Mistake(NamedTuple):
    """What was believed and what is so, in two sentences; where to read; the real bug that it once was."""

    says: str
    section: str
    bug: str = ""  # the address of its public thread, or empty


class Answer(Protocol):
    """What was handed in, called with arguments; raises `AnswerError` in place of its own errors."""

    def __call__(self, *arguments: object) -> object:
        """Return the value."""


class Loaded(NamedTuple):
    """An exercise with all that its folder holds."""

    name: str
    folder: Path
    about: Exercise
    examples: Sequence[Example]
    inputs: Callable[[numpy.random.Generator], tuple[object, ...]]
    identities: Callable[[Answer, numpy.random.Generator], Iterable[Identity]]
    solution: Callable[..., object]
    wrong: Callable[..., object]  # the solution with a keyword ``wrong``
    mistakes: Mapping[str, Mistake]
    has_probe: bool = False  # whether the arguments are a ``probe``'s, and not the function's own

    @property
    def starter(self) -> str:
        """The text that a student begins with."""
        return (self.folder / "starter.py").read_text(encoding="utf-8")


def names(folder: Path = FOLDER) -> list[str]:
    """The names of the exercises in a folder: in the order of its ``order.txt``, those not in it last."""
    found = sorted(path.parent.name for path in folder.glob("*/exercise.py"))
    path = folder / "order.txt"
    order = path.read_text(encoding="utf-8").split() if path.is_file() else []
    return sorted(found, key=lambda name: order.index(name) if name in order else len(order))


def load(name: str, folder: Path = FOLDER) -> Loaded:
    """Load the exercise `name`; ExerciseError if there is none or a file of it is not as it should be."""
    here = folder_of(name, folder)
    missing = [file for file in FILES if not (here / file).is_file()]
    if missing:
        raise ExerciseError(
            f"the exercise {name} takes the files {', '.join(FILES)}; {missing[0]} is missing"
        )
    text, solution, mistakes = (
        load_module(here / file) for file in ("exercise.py", "solution.py", "mistakes.py")
    )
    about = _member(text, "EXERCISE", here)
    check_choice(f"{name}: kind", about.kind, KINDS)
    return Loaded(
        name=name,
        folder=here,
        about=about,
        examples=tuple(_member(text, "examples", here)()),
        inputs=_member(text, "inputs", here),
        identities=getattr(text, "identities", _no_identities),
        solution=with_probe(text, _member(solution, name, here)),
        wrong=_wrong_with_probe(text, _member(mistakes, name, here)),
        mistakes=_member(mistakes, "MISTAKES", here),
        has_probe=hasattr(text, "probe"),
    )


def folder_of(name: str, folder: Path = FOLDER) -> Path:
    """The folder of the exercise `name`; ValueError if there is none, with what was meant."""
    return folder / check_choice("exercise", name, names(folder))


def about(name: str, folder: Path = FOLDER) -> Exercise:
    """What is asked, without what answers it, which takes longer to load."""
    here = folder_of(name, folder)
    found: Exercise = _member(load_module(here / "exercise.py"), "EXERCISE", here)
    return found


def load_module(path: Path) -> ModuleType:
    """Import a file by its path; it is not entered in ``sys.modules``."""
    spec = importlib.util.spec_from_file_location(f"exercise_{path.parent.name}_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def with_probe(text: ModuleType, function: Callable[..., object]) -> Callable[..., object]:
    """A function of the arguments that calls `function` as the exercise's ``probe`` does."""
    probe: Callable[..., object] | None = getattr(text, "probe", None)
    if probe is None:
        return function
    return lambda *arguments: probe(function, arguments)


def _wrong_with_probe(text: ModuleType, function: Callable[..., object]) -> Callable[..., object]:
    def wrong_answer(*arguments: object, wrong: frozenset[str]) -> object:
        def answer(*given: object, **named: object) -> object:
            return function(*given, **named, wrong=wrong)

        return with_probe(text, answer)(*arguments)

    return wrong_answer


def _member(module: ModuleType, name: str, folder: Path):  # type: ignore[no-untyped-def]  # whatever it is
    if not hasattr(module, name):
        file = module.__name__.rsplit("_", 1)[-1]
        raise ExerciseError(f"{folder.name}/{file}.py takes a {name}; there is none")
    return getattr(module, name)


def _no_identities(_: Answer, __: numpy.random.Generator) -> Iterator[Identity]:
    return iter(())
