"""One student's folder after the other: rows in order, patience that ends, oracles that are asked once."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import numpy
import pytest
from oracles.answers import MASKED_BCE, RIGHT, WRONG, body

from gluon_softmax.coursework import report_worker
from gluon_softmax.coursework.course import new_course
from gluon_softmax.coursework.ladder import NOT_YET, PASSED, TO_DO, check
from gluon_softmax.coursework.notebook import HereAnswer
from gluon_softmax.coursework.report_worker import MISSING, Checker, Setting, remembering
from gluon_softmax.coursework.start import ForkServers

NAMES = ("masked_bce", "context_windows")


@pytest.fixture
def checker(tmp_path: Path) -> Iterator[Checker]:
    new_course(tmp_path / "course", NAMES)
    servers = ForkServers()
    yield Checker(Setting(str(tmp_path / "class"), str(tmp_path / "course"), 0, 1.0), servers)
    servers.close()


def student(tmp_path: Path, name: str, **sources: str) -> str:
    (tmp_path / "class" / name).mkdir(parents=True)
    for exercise, source in sources.items():
        (tmp_path / "class" / name / f"{exercise}.py").write_text(source)
    return name


def test_rows_come_in_the_course_s_order(checker: Checker, tmp_path: Path) -> None:
    rows = list(checker.rows(student(tmp_path, "ann", masked_bce=RIGHT)))
    assert [(row["name"], row["state"]) for row in rows] == [
        ("masked_bce", PASSED),
        ("context_windows", MISSING),
    ]
    rows = list(checker.rows(student(tmp_path, "bob", masked_bce=WRONG, context_windows=" \n")))
    assert [row["state"] for row in rows] == [NOT_YET, TO_DO]
    assert rows[0]["mistakes"] == ("mean_over_length",)


def test_one_student_does_not_read_another(checker: Checker, tmp_path: Path) -> None:
    ann = student(tmp_path, "ann", masked_bce=RIGHT)
    path = tmp_path / "class" / ann / "masked_bce.py"
    copied = f"exec(open({str(path)!r}).read())\n"
    row = next(iter(checker.rows(student(tmp_path, "bob", masked_bce=copied))))
    assert row["state"] == NOT_YET
    assert "the work of others is not read" in str(row["why"])


def test_who_is_late_too_often_gets_less_time(
    checker: Checker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checker._limit_s(MASKED_BCE, hurry=False) == checker._limit_s(MASKED_BCE, hurry=True) == 1.0
    monkeypatch.setattr(report_worker, "PATIENCE", 1)
    monkeypatch.setattr(report_worker, "_SHORTEST_S", 0.3)
    loops = body("while True: pass")
    rows = list(
        checker.rows(student(tmp_path, "ann", masked_bce=loops, context_windows="while True: pass\n"))
    )
    assert "no answer within 1 s" in str(rows[0]["why"])
    assert "no answer within 0.3 s" in str(rows[1]["why"])


def test_an_answer_that_nobody_thought_of_costs_its_student_alone(
    checker: Checker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unforeseen(*_: object) -> None:
        raise ZeroDivisionError

    ann = student(tmp_path, "ann", masked_bce=RIGHT)
    with monkeypatch.context() as patched:
        patched.setattr(report_worker.ladder, "check", unforeseen)
        row = next(iter(checker.rows(ann)))
    assert (row["state"], row["why"]) == (NOT_YET, "the answer cannot be compared (ZeroDivisionError)")
    assert next(iter(checker.rows(ann)))["state"] == PASSED


def test_an_oracle_is_asked_once_and_gives_the_same_verdicts() -> None:
    calls = []

    def solution(*given: object) -> object:
        calls.append(given)
        return MASKED_BCE.solution(*given)

    exercise = remembering(MASKED_BCE._replace(solution=solution))

    def answer(pred: numpy.ndarray, label: numpy.ndarray, mask: numpy.ndarray) -> object:
        return (numpy.logaddexp(0.0, (1 - 2 * label) * pred) * mask).mean(axis=1)

    verdicts = [check(exercise, HereAnswer(MASKED_BCE, answer), seed) for seed in (0, 0, 1)]
    direct = check(MASKED_BCE, HereAnswer(MASKED_BCE, answer))
    assert [verdict.mistakes for verdict in verdicts] == [("mean_over_length",)] * 3 == [direct.mistakes] * 3
    assert len(calls) == len({str(call) for call in calls})


def test_what_the_files_need_is_not_hidden(tmp_path: Path) -> None:
    assert not report_worker._may_hide(Path("/"))
    assert not report_worker._may_hide(Path(report_worker.__file__).resolve().parents[2])
    assert report_worker._may_hide(tmp_path.resolve())
