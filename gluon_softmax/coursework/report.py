"""How a class stands: every exercise of every student, marks by points, and the mistakes by their share."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Mapping, NamedTuple, Sequence

from ..utils.checks import check_number, check_positive_int
from .class_folder import identical, readable, students_of
from .course import Course
from .exercise import Loaded, Mistake
from .ladder import PASSED
from .report_worker import Setting
from .report_workers import all_rows


class Asked(NamedTuple):
    """An exercise of the report."""

    name: str
    title: str
    chapter: str
    points: float
    mistakes: Mapping[str, Mistake]


class Mark(NamedTuple):
    """What one student has for one exercise."""

    student: str
    exercise: str
    state: str  # passed, to do, not yet or missing
    points: float
    of: float
    rung: str = ""
    why: str = ""
    mistakes: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()  # students whose file is byte by byte the same


class Share(NamedTuple):
    """A mistake, and the students who have made it."""

    exercise: str
    mistake: str
    says: str
    section: str
    chapter: str
    students: tuple[str, ...]
    share: float  # of the class


class Report(NamedTuple):
    """All marks of a class; ``apart`` tells whether namespaces held every file, or audit hooks alone."""

    title: str
    seed: int
    asked: tuple[Asked, ...]
    students: tuple[str, ...]
    marks: tuple[Mark, ...]
    apart: bool

    def of(self, student: str) -> list[Mark]:
        """One student's marks, in the course's order."""
        return [mark for mark in self.marks if mark.student == student]

    def points_of(self, student: str) -> float:
        """One student's points."""
        return sum(mark.points for mark in self.of(student))

    @property
    def points(self) -> float:
        """The points of one who passes all."""
        return sum(asked.points for asked in self.asked)

    def num_passed(self, exercise: str) -> int:
        """How many students have passed an exercise."""
        return sum(mark.exercise == exercise and mark.state == PASSED for mark in self.marks)

    def shares(self) -> list[Share]:
        """The mistakes that were made: by exercise, the most frequent first."""
        return [share for asked in self.asked for share in self._shares(asked)]

    def same(self) -> list[tuple[str, tuple[str, ...]]]:
        """An exercise and students whose files are the same."""
        groups = [
            (mark.exercise, tuple(sorted((mark.student, *mark.same_as))))
            for mark in self.marks
            if mark.same_as
        ]
        return list(dict.fromkeys(groups))

    def _shares(self, asked: Asked) -> list[Share]:
        marks = [mark for mark in self.marks if mark.exercise == asked.name]
        made = {
            name: tuple(mark.student for mark in marks if name in mark.mistakes) for name in asked.mistakes
        }
        shares = [
            Share(
                asked.name,
                name,
                asked.mistakes[name].says,
                asked.mistakes[name].section,
                asked.chapter,
                students,
                len(students) / len(self.students),
            )
            for name, students in made.items()
            if students
        ]
        return sorted(shares, key=lambda share: -share.share)


def make_report(
    folder: Path,
    course: Course,
    seed: int | None = None,
    limit_s: float | None = None,
    workers: int = 2,
    say: Callable[[int, int], object] = max,
) -> Report:
    """Check a class.

    Parameters
    ----------
    folder : a folder for each student, with ``NAME.py`` for the exercise ``NAME``.
    course : which exercises, and what each counts.
    seed : changes all random inputs; None is the course's.
    limit_s : the most seconds that an exercise may take; None is what each exercise says.
    workers : how many students are checked at a time.
    say : is told after each student how many are done, and of how many.

    Raises ExerciseError for a folder without students, ValueError and TypeError for numbers out of range.
    """
    workers = check_positive_int("workers", workers)
    seed = course.seed if seed is None else check_positive_int("seed", seed, minimum=0)
    if limit_s is not None:
        limit_s = check_number("limit_s", limit_s, 0.0, open_low=True)
    students = students_of(folder)
    loaded = [course.load(name) for name in course.names()]
    asked = tuple(_asked(exercise, course) for exercise in loaded)
    home = None if course.folder is None else str(course.folder.resolve())
    setting = Setting(str(folder.resolve()), home, seed, limit_s)
    rows = all_rows(
        setting, students, [exercise.name for exercise in loaded], min(workers, len(students)), say
    )
    same = {
        exercise.name: identical(folder, students, exercise.name, exercise.starter) for exercise in loaded
    }
    marks = [
        _mark(student, one, row, same[one.name])
        for student in students
        for one, row in zip(asked, rows[student])
    ]
    held = [row["apart"] for student in students for row in rows[student] if row["apart"] is not None]
    return Report(course.title, seed, asked, tuple(students), tuple(marks), all(held))


def _asked(exercise: Loaded, course: Course) -> Asked:
    about = exercise.about
    return Asked(exercise.name, about.title, about.chapter, course.points_of(exercise), exercise.mistakes)


def _mark(student: str, asked: Asked, row: Mapping[str, object], same: Sequence[tuple[str, ...]]) -> Mark:
    group = next((names for names in same if student in names), ())
    mistakes = row["mistakes"]
    assert isinstance(mistakes, (list, tuple))
    return Mark(
        student,
        asked.name,
        str(row["state"]),
        asked.points if row["state"] == PASSED else 0.0,
        asked.points,
        str(row["rung"]),
        readable(str(row["why"])),
        tuple(map(str, mistakes)),
        tuple(name for name in group if name != student),
    )
