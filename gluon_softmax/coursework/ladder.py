"""A check is a ladder: the first rung that fails is the only one shown.

Signature; hand-sized examples; fresh random inputs beside the slow solution; identities. Where the answers
are just what a known mistake gives, the mistake is named.
"""

from __future__ import annotations

import ast
import time
import zlib
from typing import Iterator, NamedTuple, Protocol

import numpy

from ..utils.errors import AnswerError, NotDone
from . import museum, wire
from .compare import difference
from .exercise import Example, Identity, Loaded
from .museum import Trial

PASSED, TO_DO, NOT_YET = "passed", "to do", "not yet"
NUM_TRIALS = 3
DEFAULT_SEED = 0


class Verdict(NamedTuple):
    """How an exercise stands: its state, on which rung it stopped and why, and the mistakes by name."""

    name: str
    state: str  # PASSED, TO_DO or NOT_YET
    rung: str = ""
    why: str = ""
    mistakes: tuple[str, ...] = ()
    seconds: float = 0.0


class HandedIn(Protocol):
    """A student's function, here or in another process."""

    def parameters(self) -> tuple[tuple[str, bool], ...]:
        """Its parameters, each with whether it may be left out; AnswerError if the file cannot be read."""

    def __call__(self, *arguments: object) -> object:
        """Its value as plain data; AnswerError in place of its own errors, NotDone if it is a starter.

        What it does to its arguments is not seen outside.
        """


class _Stopped(Exception):  # noqa: N818  # it ends the climb
    def __init__(self, rung: str, why: str) -> None:
        super().__init__(why)
        self.rung, self.why = rung, why


def check(exercise: Loaded, answer: HandedIn, seed: int = DEFAULT_SEED) -> Verdict:
    """Climb until a rung fails. `seed` changes all random inputs, and nothing else does."""
    begun = time.monotonic()

    def verdict(state: str, rung: str = "", why: str = "", mistakes: tuple[str, ...] = ()) -> Verdict:
        return Verdict(exercise.name, state, rung, why, mistakes, time.monotonic() - begun)

    try:
        _climb(exercise, answer, seed)
    except NotDone:
        return verdict(TO_DO)
    except AnswerError as error:
        return verdict(NOT_YET, "it runs", str(error))
    except _Stopped as stopped:
        return verdict(NOT_YET, stopped.rung, stopped.why, _mistakes(exercise, answer, seed))
    return verdict(PASSED)


def trials_of(exercise: Loaded, seed: int) -> list[tuple[object, ...]]:
    """The arguments of the examples, then the random ones."""
    fresh = [exercise.inputs(generator(exercise, seed, trial)) for trial in range(NUM_TRIALS)]
    return [*(example.arguments for example in exercise.examples), *fresh]


def generator(exercise: Loaded, seed: int, trial: int) -> numpy.random.Generator:
    """Random numbers of the seed, the exercise and the trial alone."""
    return numpy.random.default_rng([seed, zlib.crc32(exercise.name.encode()), trial])


def _climb(exercise: Loaded, answer: HandedIn, seed: int) -> None:
    _signature(exercise, answer)
    for example in exercise.examples:
        _compare(exercise, answer, example, "the example")
    for arguments in trials_of(exercise, seed)[len(exercise.examples) :]:
        want = museum.outcome(exercise.solution, arguments)
        _compare(exercise, answer, Example(arguments, want), "random inputs")
    for identity in _identities(exercise, answer, seed):
        got, want = wire.plain(identity.got), wire.plain(identity.want)
        why = difference(got, want, exercise.about.rtol, exercise.about.atol)
        if why:
            raise _Stopped(identity.says, why)


def _identities(exercise: Loaded, answer: HandedIn, seed: int) -> Iterator[Identity]:
    """The laws that hold; they reckon with the values, and a value may be of a kind that allows none."""
    try:
        yield from exercise.identities(answer, generator(exercise, seed, NUM_TRIALS))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _Stopped("an identity", f"nothing can be calculated from the value: {error}") from None


def parameters_of(source: str, name: str) -> tuple[str, ...]:
    """The parameters' names of a function, or of a class without self, in a source text."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            inits = [
                part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"
            ]
            return tuple(arg.arg for arg in inits[0].args.args[1:]) if inits else ()
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return tuple(arg.arg for arg in node.args.args)
    raise ValueError(f"no function {name} in the starter")


def _signature(exercise: Loaded, answer: HandedIn) -> None:
    """By number, not by name: arguments come by position."""
    given, taken = answer.parameters(), parameters_of(exercise.starter, exercise.name)
    required = sum(not optional for _, optional in given)
    takes_any = any(name == "*" for name, _ in given)
    if required > len(taken) or (len(given) < len(taken) and not takes_any):
        names = ", ".join(name for name, _ in given)
        raise _Stopped(
            "the signature", f"the parameters are ({names}) where ({', '.join(taken)}) are expected"
        )


def _compare(exercise: Loaded, answer: HandedIn, example: Example, rung: str) -> None:
    got = answer(*example.arguments)
    why = difference(got, wire.plain(example.value), exercise.about.rtol, exercise.about.atol)
    if why:
        raise _Stopped(rung, why)


def _mistakes(exercise: Loaded, answer: HandedIn, seed: int) -> tuple[str, ...]:
    try:
        trials = [Trial(given, answer(*given)) for given in trials_of(exercise, seed)]
    except (AnswerError, NotDone):
        return ()
    return museum.recognise(exercise, trials)
