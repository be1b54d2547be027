"""A command of ``gluon-softmax exercise``, and how it becomes one of the parser's."""

from __future__ import annotations

import argparse
from typing import Callable, Mapping, NamedTuple, Sequence

PROGRAM = "gluon-softmax exercise"
FlagsOf = Callable[[argparse.ArgumentParser], Mapping[str, str]]  # an argument's name in an error


class Command(NamedTuple):
    """A command: what its help says, examples, what adds its arguments, and what it does."""

    summary: str
    examples: Sequence[str]
    add_arguments: Callable[[argparse.ArgumentParser], None]
    action: Callable[[argparse.Namespace], int | None]


def add_commands(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    program: str,
    commands: Mapping[str, Command],
    flags_of: FlagsOf,
    other_names: Mapping[str, str] | None = None,
) -> None:
    """Add commands to those of `program`; `other_names` are arguments that an error names otherwise."""
    for name, command in commands.items():
        examples = "".join(f"\n  {program} {name} {example}".rstrip() for example in command.examples)
        sub = subparsers.add_parser(
            name,
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            epilog=f"example{'s' if len(command.examples) > 1 else ''}:{examples}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        sub.add_argument("--debug", action="store_true", help="show where an error comes from")
        command.add_arguments(sub)
        flags = {**flags_of(sub), **(other_names or {})}
        sub.set_defaults(command=command.action, parser=sub, flags=flags)
