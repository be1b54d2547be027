"""Is an exercise ready for a class? Each check yields what is wrong, a sentence each, or nothing.

The starter is open; the solution passes; each wrong answer fails under its own name; the texts are whole.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Callable, Iterable, Iterator, NamedTuple, Sequence

from ..utils.errors import ExerciseError
from . import ladder, museum, wire
from .compare import difference
from .exercise import KINDS, Loaded, load, load_module
from .ladder import PASSED, TO_DO, Verdict
from .notebook import check_here
from .student import load_source

SEEDS: Sequence[int] = range(20)
_MINUTES = (5, 180)
_MIN_HINTS = _MIN_MISTAKES = 2
_WORDS = ("raise NotImplementedError", "Parameters\n", "Returns\n", ">>> ")


class Fault(NamedTuple):
    """What is wrong, in which file."""

    file: str
    says: str


Faults = Iterator[Fault]


def validate(folder: Path, seeds: Sequence[int] = SEEDS, chapters: Path | None = None) -> Faults:
    """Yield what is wrong with the exercise in a folder; the folder has the exercise's name.

    Parameters
    ----------
    folder : holds exercise.py, starter.py, solution.py and mistakes.py.
    seeds : the solution and each mistake are checked on the random inputs of each.
    chapters : where ``chapter.py`` is, if sections are to be looked up.

    Raises ExerciseError for a folder that is none of an exercise, or a file without what it takes.
    """
    folder = folder.resolve()
    if not (folder / "exercise.py").is_file():
        raise ExerciseError(f"folders takes a folder with exercise.py; got {folder}")
    try:
        exercise = load(folder.name, folder.parent)
    except (ExerciseError, ValueError):
        raise
    except Exception as error:
        raise ExerciseError(f"{folder.name} cannot be loaded: {type(error).__name__}: {error}") from error
    yield from texts(exercise, sections_of(exercise, chapters))
    yield from starter(exercise)
    disagree = list(parameters_agree(exercise))
    yield from disagree
    if disagree:  # no check gets further
        return
    for check in (examples, partial(solution, seeds=seeds), partial(without_mistake, seeds=seeds)):
        yield from check(exercise)
    for mistake in exercise.mistakes:
        yield from named(exercise, mistake, seeds)
    yield from pairs(exercise)


def starter(exercise: Loaded) -> Faults:
    """The starter raises NotImplementedError."""
    function = load_source(exercise.folder / "starter.py").get(exercise.name)
    if not callable(function):
        yield Fault("starter.py", f"there is no function {exercise.name}")
        return
    verdict = check_here(exercise, function)
    if verdict.state != TO_DO:
        yield Fault("starter.py", f"it is not to do: {_said(verdict)}")


def parameters_agree(exercise: Loaded) -> Faults:
    """The starter's parameters are the solution's."""
    solved = (exercise.folder / "solution.py").read_text(encoding="utf-8")
    try:
        want, got = (ladder.parameters_of(text, exercise.name) for text in (solved, exercise.starter))
    except ValueError as error:  # one of them is no function that can be read
        yield Fault("starter.py", str(error))
        return
    if got != want:
        yield Fault("starter.py", f"it takes ({', '.join(got)}) where the solution takes ({', '.join(want)})")


def solution(exercise: Loaded, seeds: Iterable[int] = SEEDS) -> Faults:
    """The solution passes on each seed."""
    return _passes(exercise, "solution.py", own_function(exercise, "solution.py"), seeds)


def without_mistake(exercise: Loaded, seeds: Iterable[int] = SEEDS) -> Faults:
    """The function of the mistakes passes on each seed while none is made."""
    return _passes(exercise, "mistakes.py", mistaken(exercise), seeds)


def named(exercise: Loaded, mistake: str, seeds: Iterable[int] = SEEDS) -> Faults:
    """A wrong answer fails under its own name, and no other, on each seed."""
    function = mistaken(exercise, mistake)
    for seed in seeds:
        verdict = check_here(exercise, function, seed)
        if verdict.state == PASSED:
            yield Fault("mistakes.py", f"{mistake} passes with the seed {seed}: inputs() does not show it")
        elif verdict.mistakes != (mistake,):
            named_so = " and ".join(verdict.mistakes) or "nothing"
            yield Fault(
                "mistakes.py", f"{mistake} is called {named_so} with the seed {seed}: {_said(verdict)}"
            )


def pairs(exercise: Loaded) -> Faults:
    """Of two mistakes at once none is named that was not made."""
    for pair in combinations(exercise.mistakes, 2):
        verdict = check_here(exercise, mistaken(exercise, *pair))
        both = " and ".join(pair)
        if verdict.state == PASSED:
            yield Fault("mistakes.py", f"{both} together pass")
        others = sorted(set(verdict.mistakes) - set(pair))
        if others:
            yield Fault("mistakes.py", f"{both} together are called {' and '.join(others)}")


def examples(exercise: Loaded) -> Faults:
    """There is an example, and each has the solution's value."""
    if not exercise.examples:
        yield Fault("exercise.py", "examples() takes one example at least; got none")
    for number, example in enumerate(exercise.examples):
        value = museum.outcome(exercise.solution, example.arguments)
        why = difference(value, wire.plain(example.value), 1e-4, 1e-5)
        if why:
            yield Fault("exercise.py", f"example {number}: the solution gives {why}")


def texts(exercise: Loaded, sections: set[str] | None = None) -> Faults:
    """Whoever reads the exercise finds all that it takes; `sections` are the chapter's, if they are known."""
    about, low, high = exercise.about, *_MINUTES
    if about.kind not in KINDS:
        yield Fault("exercise.py", f"kind takes one of {', '.join(KINDS)}; got {about.kind}")
    if not low <= about.minutes <= high:
        yield Fault("exercise.py", f"minutes takes {low} to {high}; got {about.minutes}")
    for name in ("title", "hand_in", "right_when", "source"):
        if not getattr(about, name):
            yield Fault("exercise.py", f"{name} takes a sentence; got none")
    if len(about.hints) < _MIN_HINTS:
        yield Fault("exercise.py", f"hints takes {_MIN_HINTS} at least; got {len(about.hints)}")
    if len(exercise.mistakes) < _MIN_MISTAKES:
        yield Fault("mistakes.py", f"MISTAKES takes {_MIN_MISTAKES} at least; got {len(exercise.mistakes)}")
    text = exercise.starter
    missing = [word.strip() for word in _WORDS if word not in text]
    if missing:
        yield Fault("starter.py", f"it takes {', '.join(map(repr, missing))}")
    yield from _sections(exercise, sections)
    yield from _sentences(exercise)


def _sections(exercise: Loaded, sections: set[str] | None) -> Faults:
    wanted = [("exercise.py", exercise.about.section)]
    wanted += [("mistakes.py", mistake.section) for mistake in exercise.mistakes.values()]
    for file, section in wanted:
        if not section or (sections is not None and section not in sections):
            yield Fault(file, f"section takes one of the chapter {exercise.about.chapter}; got {section!r}")


def _sentences(exercise: Loaded) -> Faults:
    for name, mistake in exercise.mistakes.items():
        if not 1 <= mistake.says.count(". ") <= 2 or not mistake.says.endswith("."):
            yield Fault("mistakes.py", f"{name}: says takes two or three sentences; got {mistake.says!r}")
        if mistake.bug and not mistake.bug.startswith("https://"):
            yield Fault("mistakes.py", f"{name}: bug takes an address; got {mistake.bug!r}")


def sections_of(exercise: Loaded, chapters: Path | None) -> set[str] | None:
    """The sections of an exercise's chapter; None where the chapter is not there."""
    path = None if chapters is None else chapters / f"{exercise.about.chapter}.py"
    if path is None or not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line[len("# ## ") :] for line in lines if line.startswith("# ## ")}


def own_function(exercise: Loaded, file: str) -> Callable[..., object]:
    """A file's own function, which no probe calls yet."""
    function: Callable[..., object] = getattr(load_module(exercise.folder / file), exercise.name)
    return function


def mistaken(exercise: Loaded, *mistakes: str) -> Callable[..., object]:
    """The function of the mistakes, with these made."""
    function = own_function(exercise, "mistakes.py")
    return lambda *given, **named: function(*given, **named, wrong=frozenset(mistakes))


def _passes(exercise: Loaded, file: str, function: Callable[..., object], seeds: Iterable[int]) -> Faults:
    for seed in seeds:
        verdict = check_here(exercise, function, seed)
        if verdict.state != PASSED:
            yield Fault(file, f"it does not pass with the seed {seed}: {_said(verdict)}")


def _said(verdict: Verdict) -> str:
    return f"{verdict.state}: {verdict.rung}: {verdict.why}" if verdict.why else verdict.state
