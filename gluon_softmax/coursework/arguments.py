"""The commands of ``gluon-softmax exercise`` and their arguments."""

from __future__ import annotations

import argparse

from . import commands
from .command import PROGRAM, Command, FlagsOf, add_commands
from .teacher_commands import add_teacher_commands


def add_exercise_arguments(parser: argparse.ArgumentParser, flags_of: FlagsOf) -> None:
    """Add every command to the parser of ``exercise``; `flags_of` gives an argument's name in an error."""
    found = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_commands(found, PROGRAM, COMMANDS, flags_of, {"exercise": "NAME"})
    add_teacher_commands(found, flags_of)


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "work",
        nargs="?",
        default=".",
        metavar="WORK",
        help="whose passes are shown (default: the current folder)",
    )
    _add_json(parser)


def _add_start(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("work", metavar="WORK", help="the folder to write to; what is there stays")
    parser.add_argument(
        "--course",
        metavar="COURSE",
        help="a course's folder, whose exercises these are; the work remembers it",
    )
    _add_names(parser, "the exercises to begin (default: all)")


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("work", metavar="WORK", help=f"the folder that `{PROGRAM} start` wrote")
    _add_names(parser, "the exercises to check (default: all that were begun)")
    parser.add_argument("--watch", action="store_true", help="check again at each save, until all are passed")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="decides all random inputs (default: the course's, else 0)"
    )
    _add_json(parser)


def _add_one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=f"an exercise; `{PROGRAM} list` has them all")
    parser.add_argument(
        "--work", default=".", metavar="WORK", help="the work's folder (default: the current one)"
    )


def _add_solution(parser: argparse.ArgumentParser) -> None:
    _add_one(parser)
    parser.add_argument("--key", metavar="FILE", help="the key file of the course, which teachers have")
    parser.add_argument(
        "--course", metavar="COURSE", help="the course's folder, for --key (default: the work's)"
    )


def _add_names(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help=what)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


COMMANDS = {
    "list": Command("list the exercises by chapter", ("", "work"), _add_list, commands.list_all),
    "start": Command(
        "write the starters of exercises into a folder, never over a file",
        ("work", "work masked_bce softmax_gradient", "work --course COURSE"),
        _add_start,
        commands.start,
    ),
    "check": Command(
        "say of each exercise whether it is right, or which mistake was made; exit code 1 while one is open",
        ("work", "work masked_bce", "work --watch"),
        _add_check,
        commands.check,
    ),
    "hint": Command("print one hint more", ("masked_bce --work work",), _add_one, commands.hint),
    "show": Command("print the whole text of an exercise", ("masked_bce",), _add_one, commands.show),
    "reset": Command(
        "put a starter back; what you wrote is kept beside it",
        ("masked_bce --work work",),
        _add_one,
        commands.reset,
    ),
    "solution": Command(
        "print a solution with its derivation, once yours has passed",
        ("masked_bce --work work",),
        _add_solution,
        commands.solution,
    ),
}
