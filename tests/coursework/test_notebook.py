"""``gs.check``: the same verdict of a function that was defined in a notebook."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import Callable

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.coursework.exercise import load
from gluon_softmax.coursework.notebook import check_here

MASKED_BCE = load("masked_bce")
QUICK = MASKED_BCE._replace(about=MASKED_BCE.about._replace(limit_s=0.2))


def right(pred: numpy.ndarray, label: numpy.ndarray, mask: numpy.ndarray) -> object:
    return (numpy.logaddexp(0, (1 - 2 * label) * pred) * mask).sum(1) / mask.sum(1)


def over_length(pred: numpy.ndarray, label: numpy.ndarray, mask: numpy.ndarray) -> object:
    return (numpy.logaddexp(0, (1 - 2 * label) * pred) * mask).mean(1)


def to_do(_: object, __: object, ___: object) -> None:
    raise NotImplementedError


def test_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert gs.check("masked_bce", right)
    assert capsys.readouterr().out == "passed    masked_bce: The masked binary cross-entropy\n"
    assert not gs.check("masked_bce", to_do)
    assert capsys.readouterr().out.startswith("to do     masked_bce(pred, label, mask): the loss")
    assert not gs.check("masked_bce", over_length, seed=3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("not yet   masked_bce: the example: at [0]: ")
    assert lines[1].startswith("          The sum was divided by the row's length, padding included")
    assert any(
        'Read "The Masked Binary Cross-Entropy" in chapters/negative_sampling.py.' in line for line in lines
    )


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match=r"exercise takes one of .*; did you mean masked_bce"):
        gs.check("masked_bec", right)
    with pytest.raises(TypeError, match=r"^answer takes a function; got 3$"):
        gs.check("masked_bce", 3)


def fails(pred: list[object], _: object, __: object) -> object:
    return pred["a"]  # type: ignore[call-overload]


def ends(_: object, __: object, ___: object) -> None:
    raise SystemExit(3)


@pytest.mark.parametrize(("answer", "said"), [(fails, '`return pred["a"]'), (ends, "`raise SystemExit(3)`")])
def test_an_error_shows_its_line_and_does_not_leave(answer: Callable[..., object], said: str) -> None:
    verdict = check_here(MASKED_BCE, answer)
    assert verdict.why.startswith("line ") and said in verdict.why


def loops(_: object, __: object, ___: object) -> None:
    while True:
        pass


def loops_and_catches(_: object, __: object, ___: object) -> None:
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def catches_once(_: object, __: object, ___: object) -> None:
    with contextlib.suppress(BaseException):
        time.sleep(10)
    time.sleep(10)


@pytest.mark.parametrize("answer", [loops, loops_and_catches, catches_once])
def test_an_endless_loop_ends_at_its_limit(answer: Callable[..., object]) -> None:
    begun = time.monotonic()
    assert check_here(QUICK, answer).why == "no answer within 0.2 s: is there an endless loop?"
    assert time.monotonic() - begun < 4.0


def test_the_timer_of_somebody_else_goes_on() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: heard.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        check_here(MASKED_BCE, right)
        deadline = time.monotonic() + 5.0
        while not heard and time.monotonic() < deadline:
            time.sleep(0.01)
        assert heard == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_interrupt_is_nobodys_answer() -> None:
    def interrupted(_: object, __: object, ___: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_here(MASKED_BCE, interrupted)


def test_from_a_thread_the_verdict_is_the_same() -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(check_here(MASKED_BCE, over_length)))
    thread.start()
    thread.join()
    [verdict] = found
    expected = check_here(MASKED_BCE, over_length)
    assert verdict == expected._replace(seconds=verdict.seconds)  # type: ignore[attr-defined]


def test_global_random_state_is_neither_read_nor_moved() -> None:
    verdicts = []
    for seed in (1, 2):
        numpy.random.seed(seed)
        before = numpy.random.get_state()[1].copy()  # type: ignore[index, union-attr]
        verdicts.append(check_here(MASKED_BCE, over_length)._replace(seconds=0.0))
        numpy.testing.assert_array_equal(numpy.random.get_state()[1], before)  # type: ignore[index]
    assert verdicts[0] == verdicts[1]


def test_a_class_and_what_has_no_code_of_its_own_can_be_checked() -> None:
    class Answer:
        def __call__(self, _: object, __: object, ___: object) -> object:
            return 1 // 0

    assert check_here(MASKED_BCE, Answer()).why == "ZeroDivisionError: integer division or modulo by zero"
