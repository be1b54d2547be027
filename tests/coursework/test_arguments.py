"""The commands' arguments: help with examples that parse, errors of one line, nothing for other commands."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Sequence

import pytest
from oracles.small_runs import Call, check_error
from oracles.work import begin

from gluon_softmax import cli
from gluon_softmax.coursework.arguments import COMMANDS
from gluon_softmax.runs.arguments import make_parser

START = "`gluon-softmax exercise start"


@pytest.mark.parametrize("command", list(COMMANDS))
def test_help_shows_examples_that_parse(command: str, call: Call) -> None:
    status, out, _ = call("exercise", command, "--help")
    start = f"  gluon-softmax exercise {command}"
    examples = [shlex.split(line) for line in out.splitlines() if line.startswith(start)]
    assert status == 0 and len(examples) == len(COMMANDS[command].examples) > 0
    for words in examples:
        args = make_parser(cli.ACTIONS, cli._add_exercises).parse_args(words[1:])
        assert args.command is COMMANDS[command].action


def test_help_lists_every_command(call: Call) -> None:
    status, out, _ = call("exercise", "--help")
    assert status == 0
    for command in COMMANDS:
        assert f"\n    {command} " in out
    assert "exercise" in call("--help")[1]


def test_other_commands_load_nothing_of_it(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom gluon_softmax.cli import main\nmain(['similar', 'nowhere', 'chip'])\n"
        "print([name for name in sys.modules if 'coursework' in name or name == 'mxnet'])\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "the following arguments are required: COMMAND; `gluon-softmax exercise --help` shows"),
        (("chek",), "invalid choice: 'chek'"),
        (("check",), "the following arguments are required: WORK"),
        (("check", "WORK", "--sed", "1"), "unrecognized arguments: --sed 1; did you mean --seed?"),
        (("check", "WORK", "--seed", "x"), "argument --seed: invalid int value: 'x'"),
        (("check", "WORK", "--seed", "-1"), "--seed takes an integer of at least 0, got -1"),
        (("check", "WORK", "--watch", "--json"), "--watch takes no --json"),
        (("check", "WORK", "maskd_bce"), "NAME takes one of keep_probability, "),
        (("check", "WORK", "maskd_bce"), "got 'maskd_bce'; did you mean masked_bce?"),
        (("check", "WORK", "perplexity"), f"WORK/perplexity.py does not exist: {START}"),
        (("check", "nowhere"), f"WORK takes a folder that {START}` wrote; nowhere does not exist"),
        (("check", "."), "has no exercise, but work has"),
        (("check", "FILE"), "FILE is a file"),
        (("check", ""), "WORK takes a path; got ''"),
        (("check", "~nosuchuser/x"), "WORK takes a path below a home that is there"),
        (("start", "FILE"), "WORK takes a folder; FILE is a file"),
        (("start", "FILE/x"), "Not a directory"),
        (("start", "new", "nothing"), "NAME takes one of "),
        (("start", "new", "../x"), "NAME takes one of "),
        (("hint", "masked_bce"), f"--work takes a folder that {START}` wrote; "),
        (("hint", "nothing", "--work", "WORK"), "NAME takes one of "),
        (("show", "nothing"), "NAME takes one of "),
        (("reset", "nothing", "--work", "WORK"), "NAME takes one of "),
        (("reset", "masked_bce", "--work", "nowhere"), "--work takes a folder"),
        (("solution", "nothing", "--work", "WORK"), "NAME takes one of "),
        (
            ("solution", "masked_bce", "--key", "nowhere"),
            "--key takes the course's key file; nowhere is none",
        ),
        (("solution", "masked_bce", "--key", "FILE"), "--key takes the course's key file; FILE is none"),
        (("solution", "perplexity", "--work", "WORK"), "WORK/perplexity.py does not exist"),
    ],
)
def test_what_is_wrong_is_one_line_and_changes_nothing(
    argv: Sequence[str], said: str, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begin(Path())
    Path("FILE").write_text("")
    before = sorted(tmp_path.rglob("*"))
    words = ["work" if word == "WORK" else word for word in argv]
    check_error(call("exercise", *words), said.replace("WORK/", "work/"))
    assert sorted(tmp_path.rglob("*")) == before
