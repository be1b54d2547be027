"""A command's parser: its help names it, shows examples, and knows what an argument is called in an error."""

from __future__ import annotations

import argparse

import pytest

from gluon_softmax.coursework.command import Command, add_commands


def parser_of(*examples: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="p")
    command = Command("do it", examples, lambda _: None, lambda _: 3)
    found = parser.add_subparsers(required=True)
    add_commands(found, "p", {"do": command}, lambda _: {"a": "--a"}, {"b": "B"})
    return parser


def test_the_command_is_the_action_with_its_names() -> None:
    args = parser_of("x").parse_args(["do", "--debug"])
    assert args.command(args) == 3 and args.flags == {"a": "--a", "b": "B"} and args.debug


@pytest.mark.parametrize(
    ("examples", "shown"), [(("x",), "example:\n  p do x\n"), (("", "x"), "examples:\n  p do\n  p do x\n")]
)
def test_its_help_shows_the_examples(
    examples: tuple[str, ...], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser_of(*examples).parse_args(["do", "--help"])
    out = capsys.readouterr().out
    assert out.endswith(shown) and "Do it." in out
