"""Which known mistakes give just what was handed in? They are named, alone or two at once."""

from __future__ import annotations

import itertools
from typing import Callable, NamedTuple, Sequence

import numpy

from . import wire
from .compare import difference
from .exercise import Loaded

_MOST_KEPT = 20_000  # a course has some 3,000, each of a few hundred bytes
_KEPT: dict[tuple[Callable[..., object], frozenset[str], str], object] = {}


class Trial(NamedTuple):
    """Arguments, and what was answered to them."""

    arguments: tuple[object, ...]
    value: object


def recognise(exercise: Loaded, trials: Sequence[Trial]) -> tuple[str, ...]:
    """Return the names of the mistakes that explain all answers, or none.

    One mistake alone is tried first; then two at once. Where several explain the same answers, what they have
    in common is returned.
    """
    singles = [frozenset([name]) for name in exercise.mistakes]
    found = [wrong for wrong in singles if explains(exercise, wrong, trials)]
    if found:
        return tuple(sorted(set().union(*found))) if len(found) == 1 else ()
    pairs = [frozenset(pair) for pair in itertools.combinations(exercise.mistakes, 2)]
    found = [wrong for wrong in pairs if explains(exercise, wrong, trials)]
    return tuple(sorted(frozenset.intersection(*found))) if found else ()


def explains(exercise: Loaded, wrong: frozenset[str], trials: Sequence[Trial]) -> bool:
    """Tell whether these mistakes together give every answer."""
    about = exercise.about
    for arguments, value in trials:
        want = _mistaken(exercise, wrong, arguments)
        if want is None or difference(value, want, about.rtol, about.atol):
            return False
    return True


def _mistaken(exercise: Loaded, wrong: frozenset[str], arguments: tuple[object, ...]) -> object:
    """What the mistakes give; it is kept, since a class is asked the same questions."""
    key = exercise.wrong, wrong, wire.dumps(arguments)
    if key not in _KEPT:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = outcome(lambda *given: exercise.wrong(*given, wrong=wrong), arguments)
    return _KEPT[key]


def outcome(answer: Callable[..., object], arguments: tuple[object, ...]) -> object:
    """What an answer of the project's own gives, as the wire would bring it; None if it cannot."""
    try:
        with numpy.errstate(all="ignore"):  # a wrong answer may divide by zero, and says nothing of it
            return wire.plain(answer(*copied(arguments)))
    except (ArithmeticError, ValueError, IndexError, TypeError):
        return None  # two mistakes together may have no value


def copied(arguments: tuple[object, ...]) -> tuple[object, ...]:
    """Arguments of one's own, so that nothing done to them is seen elsewhere."""
    given = wire.loads(wire.dumps(arguments))
    assert isinstance(given, tuple)
    return given
