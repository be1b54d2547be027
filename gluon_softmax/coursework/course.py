"""A course: which exercises, in which order, what each counts, and the teacher's own.

A folder with ``course.json``; the teacher's exercises below ``exercises/``, one folder each; and ``key.txt``,
which shows solutions and stays with the teacher: ``course.json`` has its hash alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import Callable, Mapping, NamedTuple, Sequence

from ..utils.checks import check_choice, check_int_or_none, check_number
from ..utils.errors import ExerciseError
from ..utils.files import parse_json, user_path, write_whole
from . import exercise as exercises
from .exercise import Exercise, Loaded
from .notebook import check_aloud

FILE, OWN, KEY = "course.json", "exercises", "key.txt"
_MAX_SEED = 2**31


class Entry(NamedTuple):
    """An exercise of a course; what is None is as the exercise says."""

    name: str
    points: float | None = None
    title: str | None = None


class Course(NamedTuple):
    """What ``course.json`` says. Without a folder it is all exercises of the package."""

    folder: Path | None
    title: str
    seed: int
    key_sha256: str
    entries: tuple[Entry, ...]

    def names(self) -> list[str]:
        """The exercises in the course's order; own ones that it does not list come last."""
        listed = [entry.name for entry in self.entries]
        return listed + [name for name in self.own_names() if name not in listed]

    def own_names(self) -> list[str]:
        """The teacher's own exercises."""
        return [] if self.folder is None else exercises.names(self.folder / OWN)

    def home_of(self, name: str) -> Path:
        """The folder that holds the exercise's folder."""
        return self.folder / OWN if self.folder is not None and name in self.own_names() else exercises.FOLDER

    def folder_of(self, name: str) -> Path:
        """The exercise's folder; ValueError if the course has none of this name, with what was meant."""
        return self.home_of(name) / check_choice("exercise", name, self.names())

    def about(self, name: str) -> Exercise:
        """What is asked, under the course's title, without what answers it."""
        return self._entitled(name, exercises.about(name, self.folder_of(name).parent))

    def load(self, name: str) -> Loaded:
        """Load an exercise under the course's title."""
        loaded = exercises.load(name, self.folder_of(name).parent)
        return loaded._replace(about=self._entitled(name, loaded.about))

    def _entitled(self, name: str, about: Exercise) -> Exercise:
        title = self._entry(name).title
        return about if title is None else about._replace(title=title)

    def points_of(self, loaded: Loaded) -> float:
        """What an exercise counts here."""
        points = self._entry(loaded.name).points
        return float(loaded.about.points) if points is None else points

    def has_key(self, key_file: Path) -> bool:
        """Whether a file holds the course's key; the package, which is no course, has none."""
        try:
            key = key_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return False
        return bool(self.key_sha256) and hmac.compare_digest(hash_of(key), self.key_sha256)

    def _entry(self, name: str) -> Entry:
        return next((entry for entry in self.entries if entry.name == name), Entry(name))


def whole_package() -> Course:
    """All exercises of the package, each with its own points."""
    return Course(None, "Large vocabularies", 0, "", tuple(Entry(name) for name in exercises.names()))


def load_course(folder: Path) -> Course:
    """Read a course; ExerciseError names what is not as it should be."""
    path = folder / FILE
    try:
        given = parse_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise ExerciseError(f"course takes a folder with {FILE}; got {folder}") from None
    except ValueError as error:
        raise ExerciseError(f"{path} takes JSON; {error}") from None
    if not isinstance(given, dict) or not isinstance(given.get("exercises"), list):
        raise ExerciseError(f"{path} takes an object with a list of exercises")
    try:
        course = Course(
            folder=folder,
            title=_text(given, "title") or folder.name,
            seed=check_int_or_none("seed", given.get("seed")) or 0,
            key_sha256=_text(given, "key_sha256") or "",
            entries=tuple(_entry(entry) for entry in given["exercises"]),
        )
        _check(course)
    except (ValueError, TypeError) as error:
        raise ExerciseError(f"{path}: {error}") from None
    return course


def course_of(folder: str | Path | None) -> Course:
    """The course in a folder, or the whole package if there is none."""
    return whole_package() if folder is None else load_course(user_path("course", folder))


def new_course(folder: Path, only: Sequence[str] | None = None) -> Course:
    """Make a course of some exercises of the package, or of all; its folder is new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExerciseError(f"course takes a folder that is new or empty; got {folder}")
    names = list(only) if only else exercises.names()
    for name in names:
        check_choice("only", name, exercises.names())
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ExerciseError(f"only takes each exercise once; got {twice[0]} {names.count(twice[0])} times")
    (folder / OWN).mkdir(parents=True)
    key = secrets.token_hex(16)
    write_whole(folder / KEY, f"{key}\n".encode())
    (folder / KEY).chmod(0o600)
    write_whole(folder / ".gitignore", f"/{KEY}\n".encode())
    course = Course(
        folder,
        folder.resolve().name,
        secrets.randbelow(_MAX_SEED),
        hash_of(key),
        tuple(Entry(name, float(exercises.load(name).about.points)) for name in names),
    )
    write_whole(folder / FILE, course_text(course).encode())
    return course


def course_text(course: Course) -> str:
    """The text of ``course.json``; one line an exercise, so that lines can be moved and taken out."""
    head = {"title": course.title, "seed": course.seed, "key_sha256": course.key_sha256}
    entries = [{"name": one.name, "points": one.points, "title": one.title} for one in course.entries]
    text = json.dumps(head, ensure_ascii=False, indent=2)[: -len("\n}")]
    lines = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f'{text},\n  "exercises": [\n    {lines}\n  ]\n}}\n'


def check_in(folder: str | Path, name: str, answer: Callable[..., object]) -> bool:
    """Check an exercise of a course with its seed, in a notebook; print it, and tell whether it passed."""
    course = load_course(Path(folder))
    return check_aloud(course.load(name), answer, course.seed)


def hash_of(key: str) -> str:
    """What a course says of its key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _entry(given: object) -> Entry:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise ExerciseError(
            f'exercises takes objects like {{"name": "masked_bce", "points": 1}}; got {given!r}'
        )
    points = given.get("points")
    name = given["name"]
    number = None if points is None else check_number(f"{name}: points", points, 0.0)
    return Entry(name, number, _text(given, "title"))


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise ExerciseError(f"{name} takes a text; got {value!r}")
    return value


def _check(course: Course) -> None:
    own, package = course.own_names(), exercises.names()
    both = [name for name in own if name in package]
    if both:
        raise ExerciseError(f"exercises/ takes names that are none of the package's; got {both[0]}")
    names = [entry.name for entry in course.entries]
    for name in names:
        check_choice("name", name, package + own)
        if names.count(name) > 1:
            raise ExerciseError(f"exercises takes each name once; got {name} {names.count(name)} times")
    if not course.names():
        raise ExerciseError("exercises takes one name at least; got none")
    if course.seed < 0:
        raise ExerciseError(f"seed takes an integer of at least 0; got {course.seed}")
