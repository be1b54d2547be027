"""``gs.check``: an exercise's check in a notebook, of a function that was defined there."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import Callable, Iterator

from ..utils.checks import check_positive_int
from ..utils.errors import AnswerError, NotDone
from ..utils.object_checks import check_callable
from . import wire
from .exercise import Loaded, load, load_module, with_probe
from .ladder import PASSED, Verdict
from .ladder import check as check_handed_in
from .museum import copied
from .shown import lines_of
from .student import own_line, parameters

_AGAIN_S = 1.0  # a bare `except` in a loop takes the first one


def check(name: str, answer: Callable[..., object], seed: int = 0) -> bool:
    """Check the exercise `name`, print how it stands, and tell whether it passed.

    Parameters
    ----------
    name : the exercise's; ``gluon-softmax exercise list`` prints them all.
    answer : the function that the exercise asks for, or the class.
    seed : changes all random inputs.

    Raises ValueError for a name that is none of the exercises', TypeError for what cannot be called.
    """
    exercise = load(name)
    check_callable("answer", answer, "a function")
    check_positive_int("seed", seed, 0)
    return check_aloud(exercise, answer, seed)


def check_aloud(exercise: Loaded, answer: Callable[..., object], seed: int) -> bool:
    """Check a function in this process, print how it stands, and tell whether it passed."""
    verdict = check_here(exercise, answer, seed)
    for line in lines_of(exercise, verdict):
        print(line)
    return verdict.state == PASSED


def check_here(exercise: Loaded, answer: Callable[..., object], seed: int = 0) -> Verdict:
    """Check a function in this process."""
    return check_handed_in(exercise, HereAnswer(exercise, answer), seed)


class HereAnswer:
    """A function of this process as `ladder.HandedIn`; it has the exercise's time for each call."""

    def __init__(self, exercise: Loaded, answer: Callable[..., object]) -> None:
        self._answer, self._limit_s = answer, exercise.about.limit_s
        self._file = getattr(getattr(answer, "__code__", None), "co_filename", "")
        self._call = with_probe(load_module(exercise.folder / "exercise.py"), answer)

    def parameters(self) -> tuple[tuple[str, bool], ...]:
        """The parameters, each with whether it may be left out."""
        return tuple(parameters(self._answer))

    def __call__(self, *arguments: object) -> object:
        """Call the function; what goes wrong becomes an AnswerError."""
        try:
            with _limited(self._limit_s):
                return wire.plain(self._call(*copied(arguments)))
        except NotImplementedError:
            raise NotDone from None
        except _OutOfTime:
            raise AnswerError(f"no answer within {self._limit_s:g} s: is there an endless loop?") from None
        except (Exception, SystemExit) as error:
            raise AnswerError(own_line(error, self._file)) from None


class _OutOfTime(BaseException):  # an `except Exception` in a student's loop must not take it
    pass


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise `_OutOfTime` after some seconds, where the system has timers and this is the main thread."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def over(*_: object) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, over)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
    begun = time.monotonic()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)
        if left:  # somebody else's timer goes on
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - begun), 0.001), interval)
