"""The teacher's commands of ``gluon-softmax exercise``: report, course new, course export, validate."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable, Mapping

from ..utils.checks import check_positive_int
from ..utils.errors import ExerciseError
from ..utils.files import user_path, write_whole
from .class_folder import readable
from .command import PROGRAM, Command, FlagsOf, add_commands
from .course import FILE, KEY, course_of, new_course
from .course_exports import PLACES, export
from .report import Report, make_report
from .report_formats import as_csv, as_json, gradescope, junit, table
from .report_page import page
from .validate import Fault, validate

FAULTY = 1  # the exit code of validate, if anything is wrong
GRADESCOPE = "gradescope"
FORMATS: Mapping[str, Callable[[Report], str]] = {
    "table": table,
    "csv": as_csv,
    "json": as_json,
    "html": page,
    "junit": junit,
}


def report(args: argparse.Namespace) -> None:
    """Check a class and write how it stands."""
    folder = user_path("class_folder", args.class_folder)
    out = None if args.out is None else user_path("out", args.out)
    if args.format == GRADESCOPE and out is None:
        raise ExerciseError("out takes a folder where results.json of each student goes; got none")
    if out is not None and args.format != GRADESCOPE and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise ExerciseError(f"out takes a file in a folder that is there; got {out}")
    if out is not None and args.format == GRADESCOPE and out.exists() and not out.is_dir():
        raise ExerciseError(f"out takes a folder; got {out}")
    say = _count if sys.stderr.isatty() else _say_nothing
    found = make_report(folder, course_of(args.course), args.seed, args.limit_s, args.workers, say)
    if args.format == GRADESCOPE:
        assert out is not None
        _write_results(found, out)
    elif out is not None:
        write_whole(out, FORMATS[args.format](found).encode())
        print(f"{out}: {len(found.students)} students, {len(found.asked)} exercises")
    else:
        print(FORMATS[args.format](found), end="")


def _write_results(found: Report, out: Path) -> None:
    for student in found.students:
        (out / student).mkdir(parents=True, exist_ok=True)
        write_whole(out / student / "results.json", gradescope(found, student).encode())
    print(f"{out}: results.json of {len(found.students)} students, each in a folder of its own")


def _count(done: int, of: int) -> None:
    print(f"\r{done} of {of} students", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _say_nothing(_: int, __: int) -> None:
    """Take the place of `_count`."""


def course_new(args: argparse.Namespace) -> None:
    """Make a course's folder."""
    folder = user_path("course", args.course)
    course = new_course(folder, args.only)
    print(f"{folder / FILE}: {len(course.entries)} exercises, a line each: order, weigh and rename them")
    print(f"{folder / KEY} shows the solutions; it stays with you")
    print(f"exercises of your own go below {folder / 'exercises'}, and `{PROGRAM} validate` checks them")


def course_export(args: argparse.Namespace) -> None:
    """Write a course for where it is handed in."""
    out = user_path("out", args.out)
    for path in export(course_of(args.course), args.to, out):
        print(path)


def validate_all(args: argparse.Namespace) -> int:
    """Check exercises and print what is wrong; `FAULTY` if anything is."""
    chapters = None if args.chapters is None else user_path("chapters", args.chapters)
    seeds = range(check_positive_int("seeds", args.seeds))
    code = 0
    for given in args.folders:
        folder = user_path("folders", given)
        faults = list(validate(folder, seeds, chapters))
        print(f"{'wrong' if faults else 'right'}  {folder.resolve().name}")
        for fault in faults:
            print(_line(fault))
        code = FAULTY if faults else code
    return code


def _line(fault: Fault) -> str:
    return f"       {fault.file}: {readable(fault.says)}"


def add_teacher_commands(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], flags_of: FlagsOf
) -> None:
    """Add the commands to those of ``exercise``; `flags_of` gives an argument's name in an error."""
    add_commands(subparsers, PROGRAM, COMMANDS, flags_of)
    summary = "make a course, or write it for where it is handed in"
    course = subparsers.add_parser(
        "course", help=summary, description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False
    )
    found = course.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_commands(found, f"{PROGRAM} course", COURSE_COMMANDS, flags_of)


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("class_folder", metavar="CLASS_FOLDER", help="a folder for each student")
    parser.add_argument(
        "--format", default="table", choices=[*FORMATS, GRADESCOPE], help="of the report (default: table)"
    )
    parser.add_argument(
        "--out", metavar="FILE", help="where it is written, for gradescope a folder (default: printed)"
    )
    parser.add_argument("--course", metavar="COURSE", help="a course's folder (default: all exercises)")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="decides all random inputs (default: the course's, else 0)"
    )
    parser.add_argument(
        "--limit-s",
        type=float,
        metavar="S",
        help="seconds an exercise may take at most (default: as it says)",
    )
    parser.add_argument(
        "--workers", type=int, default=2, metavar="N", help="students checked at a time (default: 2)"
    )


def _add_course_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("course", metavar="COURSE", help="the folder to make")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="the exercises, in order (default: all)")


def _add_course_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("course", metavar="COURSE", help=f"the folder that `{PROGRAM} course new` made")
    parser.add_argument("--to", required=True, choices=list(PLACES), help="where it is handed in")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="the folder to write, new or empty")


def _add_validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders", nargs="+", metavar="FOLDER", help="an exercise's, named as the exercise is"
    )
    parser.add_argument(
        "--seeds", type=int, default=20, metavar="N", help="random inputs are drawn so often (default: 20)"
    )
    parser.add_argument(
        "--chapters", metavar="DIR", help="where the chapters are, if sections are to be looked up"
    )


COMMANDS = {
    "report": Command(
        "check a class: marks, and the share of the class by misconception",
        ("class", "class --course course --format html --out report.html"),
        _add_report,
        report,
    ),
    "validate": Command(
        "check exercises of your own: starter open, solution passes, each wrong answer named",
        ("course/exercises/my_exercise",),
        _add_validate,
        validate_all,
    ),
}
COURSE_COMMANDS = {
    "new": Command(
        "make a course: which exercises, in which order, what each counts",
        ("course --only masked_bce huffman_codes",),
        _add_course_new,
        course_new,
    ),
    "export": Command(
        "write a course for where it is handed in",
        ("course --to github --out repository", "course --to gradescope --out autograder"),
        _add_course_export,
        course_export,
    ),
}
